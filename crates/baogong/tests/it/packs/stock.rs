//! Stocks that do not suffice, and goods that count as what a person says.

use super::*;

/// CQ-4: a stock that does not suffice gives the best that there is, says what is lacking, and is not offered by mistake.
#[test]
fn cq_4_a_stock_that_does_not_suffice() {
    for server in servers() {
        let mut scarce: Vec<Row> = PLENTY.to_vec();
        for row in &mut scarce {
            match row.2 {
                "oil" => row.6 = 0,
                "eggs" => row.6 = 3,
                _ => {}
            }
        }
        let mut headquarters = town(&server, &scarce);
        let page = headquarters.submit("/packs", &asked(&scarce));
        let id = shown(&page);
        page.shows("货不够，要补")
            .shows("食用油")
            .shows("达不到标准")
            .shows("差 ");
        let (_, draft, found) = stored(&server, &id);
        let lacking = &found.packed(&draft).packs[0].lacking;
        assert!(!lacking.is_empty());
        let refused = headquarters.send(&format!("/packs/{id}/accept"), &[]);
        assert_eq!(refused.status, 409, "{}", refused.text());
        assert!(refused.text().contains("达不到标准"), "{}", refused.text());
        // What there is not cannot be wanted.
        let over = headquarters.send(
            &format!("/packs/{id}/accept"),
            &[("despite", "1"), ("count:0", "5000")],
        );
        assert_eq!(over.status, 409, "{}", over.text());
        assert!(over.text().contains("不够"), "{}", over.text());
        assert!(good(&server, "Y04").stock == Some(3), "nothing was set aside");
        headquarters
            .submit(&format!("/packs/{id}/accept"), &[("despite", "1")])
            .shows("已列入价目表");

        // An empty shelf is told, not computed.
        let none: Vec<(&str, &str)> = asked(&scarce)
            .into_iter()
            .map(|(name, value)| match name {
                "supplier" => (name, "S002"),
                _ => (name, value),
            })
            .collect();
        headquarters
            .open("/packs/new?supplier=S002")
            .shows("没有报可搭配的单品");
        let refused = headquarters.send("/packs", &none);
        assert_eq!(refused.status, 200);
        assert!(
            refused.text().contains("没有可搭配的单品") || refused.text().contains("没有报可搭配的单品"),
            "{}",
            refused.text()
        );
    }
}

/// A food that a person names counts, and is noted in the price list with the acceptance; goods that are not ticked stay out.
#[test]
fn cq_4_a_good_counts_as_the_food_that_a_person_says() {
    for server in servers() {
        let mut headquarters = town(&server, PLENTY);
        let mut fields = asked(PLENTY);
        fields.retain(|field| *field != ("use", "Y11"));
        fields.extend([("food:Y17", "celery"), ("was:Y17", "")]);
        let id = shown(&headquarters.submit("/packs", &fields));
        let (_, draft, found) = stored(&server, &id);
        let at = |name: &str| {
            found
                .facts
                .shelf
                .iter()
                .position(|good| good.name == name)
                .unwrap()
        };
        assert_eq!(found.facts.shelf[at("莴笋")].food.as_deref(), Some("celery"));
        assert_eq!(draft.without, ["Y11"]);
        assert!(found.units.iter().all(|row| row[at("土豆")] == 0));
        headquarters
            .open(&format!("/packs/new?from={id}"))
            .shows("小家庭包")
            .shows("清真蔬菜包");
        headquarters.submit(&format!("/packs/{id}/accept"), &[]);
        assert_eq!(good(&server, "Y17").food, "芹菜");
        // What cannot be meant is told beside the form as it was filled in.
        for (field, wrong, words) in [
            ("persons:0", "viel", "不是整数"),
            ("price:1", "billig", "应为金额"),
            ("days", "90", "天数应在1到30之间"),
            ("name:1", "小家庭包", "请改成不同的名称"),
        ] {
            let fields: Vec<(&str, &str)> = asked(PLENTY)
                .into_iter()
                .map(|(name, value)| (name, if name == field { wrong } else { value }))
                .collect();
            let page = headquarters.send("/packs", &fields);
            page.shows(words).shows(&format!("value=\"{wrong}\""));
        }
    }
}
