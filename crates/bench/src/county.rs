//! The county of the rush: so many households in so many compounds, computed from their numbers, and the spreadsheets
//! by which it gets into the registers like any other.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::load::mix::PACKS;

/// The codes of the county and of its neighbours.
pub const DISTRICTS: [&str; 4] = ["431023", "431024", "431025", "431026"];
/// The code that the one supplier gets.
pub const SUPPLIER: &str = "S001";
/// What the supplier can deliver of each pack at most; the form takes no more.
pub const STOCK_MAX: i64 = 10_000_000;

const COMPOUNDS_PER_COMMUNITY: u32 = 20;
const COMMUNITIES_PER_STREET: u32 = 5;
const DWELLINGS_PER_UNIT: u32 = 24;
const UNITS_PER_BUILDING: u32 = 2;

/// Who lives where. Households and compounds are numbered from 0; neighbours in number live in different compounds, and in
/// different districts where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct County {
    /// How many households.
    pub households: u32,
    /// How many compounds.
    pub compounds: u32,
    /// How many districts they lie in, of [`DISTRICTS`].
    pub districts: u32,
}

/// A dwelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dwelling {
    /// The building.
    pub building: u32,
    /// The unit.
    pub unit: u32,
    /// The room.
    pub room: u32,
}

impl Dwelling {
    /// As a resident writes it: 3-2-501.
    pub fn written(self) -> String {
        format!("{}-{}-{}", self.building, self.unit, self.room)
    }
}

impl County {
    /// A county; there is at least one compound and no empty one.
    pub fn new(households: u32, compounds: u32) -> Self {
        Self {
            households,
            compounds: compounds.clamp(1, households.max(1)),
            districts: 1,
        }
    }

    /// The same households in so many districts, as far as there are codes and compounds for them.
    pub fn in_districts(self, districts: usize) -> Self {
        let most = self.compounds.min(DISTRICTS.len() as u32);
        Self {
            districts: u32::try_from(districts).unwrap_or(most).clamp(1, most),
            ..self
        }
    }

    /// The district of a compound, by its place in [`DISTRICTS`].
    pub fn district(self, compound: u32) -> usize {
        (compound % self.districts) as usize
    }

    /// The compounds of a district.
    fn compounds_of(self, district: usize) -> impl Iterator<Item = u32> {
        (0..self.compounds).filter(move |compound| self.district(*compound) == district)
    }

    /// How many households live in a district.
    pub fn households_of(self, district: usize) -> u32 {
        let lives = |household: &u32| self.district(self.compound(*household)) == district;
        (0..self.households).filter(lives).count() as u32
    }

    /// The compound of a household.
    pub fn compound(self, household: u32) -> u32 {
        household % self.compounds
    }

    /// The dwelling of a household: two rooms on a floor, twelve floors, two units in a building.
    pub fn dwelling(self, household: u32) -> Dwelling {
        let at = household / self.compounds;
        let in_building = at % (DWELLINGS_PER_UNIT * UNITS_PER_BUILDING);
        let in_unit = in_building % DWELLINGS_PER_UNIT;
        Dwelling {
            building: at / (DWELLINGS_PER_UNIT * UNITS_PER_BUILDING) + 1,
            unit: in_building / DWELLINGS_PER_UNIT + 1,
            room: (in_unit / 2 + 1) * 100 + in_unit % 2 + 1,
        }
    }

    /// The registered phone of a household. Numbers that begin with 160 are not assigned to the public.
    pub fn phone(self, household: u32) -> String {
        format!("160{household:08}")
    }

    /// The code of a household in the register.
    pub fn household_code(self, household: u32) -> String {
        let Dwelling { building, unit, room } = self.dwelling(household);
        format!(
            "{}-{building}-{unit}-{room}",
            self.compound_code(self.compound(household))
        )
    }

    /// The number of a compound within its district.
    fn number(self, compound: u32) -> u32 {
        compound / self.districts
    }

    fn community(self, compound: u32) -> String {
        let number = self.number(compound) / COMPOUNDS_PER_COMMUNITY;
        community_code(DISTRICTS[self.district(compound)], number)
    }

    /// The code that a compound gets: numbered within its community, in the order of the sheet.
    pub fn compound_code(self, compound: u32) -> String {
        let number = self.number(compound) % COMPOUNDS_PER_COMMUNITY + 1;
        format!("{}-{number}", self.community(compound))
    }

    /// The codes of the compounds of a district with their places.
    pub fn compound_codes(self, district: usize) -> Vec<(u32, String)> {
        self.compounds_of(district)
            .map(|compound| (compound, self.compound_code(compound)))
            .collect()
    }

    /// The codes of the communities of a district.
    pub fn communities(self, district: usize) -> Vec<String> {
        let compounds = self.compounds_of(district).count() as u32;
        (0..compounds.div_ceil(COMPOUNDS_PER_COMMUNITY))
            .map(|number| community_code(DISTRICTS[district], number))
            .collect()
    }

    /// The spreadsheets of a district as (file name, content), in the order of import.
    pub fn sheets(self, district: usize) -> Vec<(&'static str, String)> {
        vec![
            ("01-行政区划.csv", self.areas(district)),
            ("02-小区基本情况.csv", self.compound_sheet(district)),
            ("03-住户登记.csv", self.household_sheet(district)),
            ("04-保供单位.csv", "单位名称,类型\n联民超市,超市\n".to_string()),
            ("05-商品套餐价目表.csv", goods()),
        ]
    }

    fn areas(self, district: usize) -> String {
        let code = DISTRICTS[district];
        let mut text = format!("区划代码,名称,级别\n{code},试验县{},县级\n", district + 1);
        let communities = self.communities(district);
        for (street, _) in communities
            .iter()
            .step_by(COMMUNITIES_PER_STREET as usize)
            .enumerate()
        {
            text.push_str(&format!("{code}{:03},晨光{}街道,街道\n", street + 1, street + 1));
        }
        for (number, code) in communities.iter().enumerate() {
            text.push_str(&format!("{code},向阳{}社区,社区\n", number + 1));
        }
        text
    }

    fn compound_sheet(self, district: usize) -> String {
        let mut text = "社区（村）,小区,投放点位置\n".to_string();
        for compound in self.compounds_of(district) {
            text.push_str(&format!(
                "{},安居苑{},小区北门\n",
                self.community(compound),
                self.number(compound) + 1
            ));
        }
        text
    }

    fn household_sheet(self, district: usize) -> String {
        let mut text = "社区（村）,小区,楼栋,单元,房号,户主,人口数,联系电话,居住状态\n".to_string();
        for household in 0..self.households {
            let compound = self.compound(household);
            if self.district(compound) != district {
                continue;
            }
            let Dwelling { building, unit, room } = self.dwelling(household);
            text.push_str(&format!(
                "{},安居苑{},{building},{unit},{room},李平安,3,{},自住\n",
                self.community(compound),
                self.number(compound) + 1,
                self.phone(household)
            ));
        }
        text
    }

    /// Writes the spreadsheets of a district into a folder; gives their paths in the order of import.
    pub fn write(self, district: usize, folder: &Path) -> Outcome<Vec<PathBuf>> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut paths = Vec::new();
        for (name, text) in self.sheets(district) {
            let path = folder.join(name);
            // Without the mark, Chinese text in CSV would have to be guessed.
            std::fs::write(&path, format!("\u{feff}{text}")).map_err(failed)?;
            paths.push(path);
        }
        Ok(paths)
    }
}

fn community_code(district: &str, community: u32) -> String {
    format!(
        "{district}{:03}{:03}",
        community / COMMUNITIES_PER_STREET + 1,
        community % COMMUNITIES_PER_STREET + 1
    )
}

fn goods() -> String {
    let mut text = "供货单位,编号,名称,类型,单位,单价（元）,套餐内容,可供份数\n".to_string();
    let contents = ["大米5公斤；鸡蛋30枚", "白菜3公斤；萝卜2公斤", "猪肉2公斤"];
    for ((code, contents), price) in PACKS.iter().zip(contents).zip([68, 25, 72]) {
        text.push_str(&format!(
            "联民超市,{code},{code}套餐,套餐,份,{price},{contents},{STOCK_MAX}\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn everybody_has_a_dwelling_and_a_phone_of_their_own() {
        let county = County::new(10_000, 33);
        let codes: HashSet<String> = (0..10_000).map(|one| county.household_code(one)).collect();
        let phones: HashSet<String> = (0..10_000).map(|one| county.phone(one)).collect();
        assert_eq!((codes.len(), phones.len()), (10_000, 10_000));
        assert!(phones.iter().all(|phone| phone.len() == 11));
        assert_eq!(county.dwelling(33 * 25).written(), "1-2-102");
        assert_eq!(county.household_code(33 * 48), "431023001001-1-2-1-101");
    }

    #[test]
    fn compounds_are_numbered_within_their_community() {
        let county = County::new(100_000, 400);
        assert_eq!(county.compound_code(0), "431023001001-1");
        assert_eq!(county.compound_code(19), "431023001001-20");
        assert_eq!(county.compound_code(20), "431023001002-1");
        assert_eq!(county.compound_code(399), "431023004005-20");
        assert_eq!(county.communities(0).len(), 20);
        assert_eq!(county.areas(0).lines().count(), 1 + 1 + 4 + 20);
    }

    #[test]
    fn a_sheet_has_a_line_for_each() {
        let county = County::new(500, 2);
        let sheets = county.sheets(0);
        assert_eq!(sheets[1].1.lines().count(), 1 + 2);
        assert_eq!(sheets[2].1.lines().count(), 1 + 500);
        let fields = sheets[2].1.lines().map(|line| line.split(',').count());
        assert!(fields.eq(std::iter::repeat_n(9, 501)));
    }

    #[test]
    fn districts_share_households_and_compounds_and_number_their_own() {
        let county = County::new(1_000, 50).in_districts(2);
        assert_eq!(county.households_of(0) + county.households_of(1), 1_000);
        assert_eq!(county.compound_code(0), "431023001001-1");
        assert_eq!(county.compound_code(1), "431024001001-1");
        assert_eq!(county.compound_code(3), "431024001001-2");
        assert_eq!(county.compound_code(49), "431024001002-5");
        let codes: HashSet<String> = (0..1_000).map(|one| county.household_code(one)).collect();
        assert_eq!(codes.len(), 1_000);
        let told: usize = (0..2)
            .map(|one| county.sheets(one)[2].1.lines().count() - 1)
            .sum();
        assert_eq!(told, 1_000);
        assert!(county.sheets(1)[1].1.contains("431024001002,安居苑25,"));
        // There are never more districts than codes or compounds.
        assert_eq!(County::new(10, 10).in_districts(9).districts, 4);
        assert_eq!(County::new(10, 1).in_districts(2).districts, 1);
    }

    #[test]
    fn there_are_never_more_compounds_than_households() {
        assert_eq!(County::new(3, 400).compounds, 3);
        assert_eq!(County::new(3, 0).compounds, 1);
    }
}
