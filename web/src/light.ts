// The only script of residents' pages. Everything on them works without it.
import { startCopyAndPrint } from "./copy";
import { startOrders } from "./order";
import { announceScript } from "./page";
import { startSubmitGuard } from "./submit";
import { startWaiting } from "./wait";

announceScript();
startSubmitGuard();
startOrders();
startCopyAndPrint();
startWaiting();
