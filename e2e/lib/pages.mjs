// The main pages, by the demo user who works with them.
import { visit } from "./browser.mjs";

/** Paths of the main pages as pairs of login and path; residents' pages have no login. */
export async function mainPages(county, page) {
  const { compound, round, proposal } = county;
  const home = county.homes[2].code;
  const orders = await hrefs(page, round.path, "/orders/");
  const trips = await hrefs(page, "/trips", "/trips/");
  const reports = await hrefs(page, "/reports", "/reports/");
  const own = {
    zhihui: [
      "/",
      "/board",
      "/coverage",
      `/coverage?area=${compound.code}`,
      "/registers",
      "/registers/households",
      `/registers/households/entry?code=${home}`,
      `/registers/households/edit?code=${home}`,
      "/registers/suppliers",
      "/registers/goods",
      "/imports",
      "/directives",
      "/directives/new",
      `/rules?area=${compound.code}`,
      "/plans/fc",
      "/plans/dx",
      "/plans/yu",
      "/lists",
      `/lists/${compound.code}`,
      `/lists/${compound.code}?tab=people`,
      `/lists/${compound.code}?tab=needs`,
      `/household/${home}`,
      "/proposals",
      proposal,
      "/packs",
      `/packs/new?supplier=${round.supplier}`,
      "/rounds",
      `/rounds/new?supplier=${round.supplier}`,
      round.path,
      `${round.path}/take?compound=${compound.code}`,
      `${round.path}/share?compound=${compound.code}`,
      `${round.path}/payments`,
      `${round.path}/packing`,
      `${round.path}/handover`,
      `${round.path}/settlement`,
      ...orders.slice(0, 1),
      "/trips",
      ...trips.slice(0, 1),
      "/handover",
      "/advances",
      "/reports",
      ...reports,
    ],
    admin: ["/", "/users", "/users/edit", "/audit", "/registers/areas"],
    jiedao: ["/", "/board", "/lists", "/rounds"],
    lianluo: ["/", "/rounds", round.path, `${round.path}/payments`],
    chaoshi: ["/", "/packs/new", "/rounds", `${round.path}/packing`],
    siji: ["/", "/trips", "/handover"],
    zhiyuan: ["/", "/handover"],
    ducha: ["/", "/board", "/audit"],
  };
  return [
    ...Object.entries(own).flatMap(([login, paths]) => paths.map((path) => ({ login, path }))),
    { login: undefined, path: "/sign-in" },
    { login: undefined, path: round.order },
  ];
}

/** The distinct addresses on a page that begin with `start`. */
async function hrefs(page, path, start) {
  await visit(page, path);
  const links = page.locator(`main a[href^='${start}']`);
  const found = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  return [...new Set(found)].filter((href) => !/\.(pdf|xlsx|csv)|format=/.test(href));
}

/** A name for a file from a path. */
export function fileName({ login, path }) {
  const words = path.replace(/[0-9a-f]{32}/g, "id").replace(/^\/o\/\w+/, "/order").replace(/[^A-Za-z0-9]+/g, "-");
  return `${login ?? "resident"}${words.replace(/-+$/, "")}`;
}
