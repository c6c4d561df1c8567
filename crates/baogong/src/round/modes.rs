//! The supply modes as data: who sells, who pays where, who fetches, how it is packed (FC-1…9, CT-7).

use crate::plan::rules::{RuleKey, Rules};
use crate::wording;

wording! {
    /// A supply mode.
    Mode {
        Shop = "A", "A 就近小超市", "A small shop near by";
        Platform = "B", "B 电商平台", "B e-commerce platform";
        Supermarket = "C", "C 大型超市", "C large supermarket";
        Relief = "relief", "免费应急包", "Free relief packs";
    }
}

/// What differs between the modes.
#[derive(Debug)]
pub struct ModeFacts {
    /// The mode.
    pub mode: Mode,
    /// The clause that describes it.
    pub clause: &'static str,
    /// In a few words: how it goes.
    pub how: (&'static str, &'static str),
    /// Whether residents pay into the liaison's purse.
    pub purse: bool,
    /// Whether residents order by our own page or the liaison's chain.
    pub takes_orders: bool,
    /// Whether the community's vehicle fetches from the supplier.
    pub community_fetches: bool,
}

/// Every mode.
pub static MODES: &[ModeFacts] = &[
    ModeFacts {
        mode: Mode::Shop,
        clause: "FC-2",
        how: (
            "联络人在群里收单收款，小超市每户一包送到小区",
            "The liaison collects orders and money; the shop brings one bag per household",
        ),
        purse: true,
        takes_orders: true,
        community_fetches: false,
    },
    ModeFacts {
        mode: Mode::Platform,
        clause: "FC-8",
        how: (
            "居民在平台下单付款，导入平台订单，按小区合并分拣",
            "Residents order and pay on the platform; its orders are imported and merged by compound",
        ),
        purse: false,
        takes_orders: false,
        community_fetches: false,
    },
    ModeFacts {
        mode: Mode::Supermarket,
        clause: "FC-9",
        how: (
            "以社区为单位下单，按小区装箱，社区派车取货分送",
            "Orders by community, boxed by compound; the community's vehicle fetches and distributes",
        ),
        purse: true,
        takes_orders: true,
        community_fetches: true,
    },
    ModeFacts {
        mode: Mode::Relief,
        clause: "CT-7",
        how: (
            "由指挥部出资，发给最困难的家庭",
            "Paid by headquarters, for the households in greatest difficulty",
        ),
        purse: true,
        takes_orders: false,
        community_fetches: false,
    },
];

impl Mode {
    /// What differs in this mode.
    pub fn facts(self) -> &'static ModeFacts {
        &MODES[self as usize]
    }
}

impl Mode {
    /// Whether the rules of a place allow this mode: it is named among the supply modes, or nothing is named, or it is the
    /// free relief pack and a rule provides for one.
    pub fn allowed(self, rules: &Rules) -> bool {
        let named = rules.words(RuleKey::SupplyModes);
        named.is_empty()
            || named.iter().any(|key| key == self.key())
            || (self == Mode::Relief && rules.flag(RuleKey::ReliefPackFree))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FC-1: the modes stand side by side.
    #[test]
    fn every_mode_has_its_own_facts() {
        for mode in Mode::ALL {
            assert_eq!(mode.facts().mode, *mode);
        }
    }
}
