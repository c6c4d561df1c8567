//! Properties that hold for any text, and the texts that go back to the chat.
//!
//! `PROPTEST_CASES=200000 cargo test -p documents chain::tests::properties` turns them into a fuzzer. Engines that are
//! guided by coverage need a nightly compiler; on stable they draw at random, as proptest does, which also shrinks.

use proptest::prelude::*;

use super::*;

/// How many texts each property is tried on.
fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(512)
}

/// All files of the corpus, the batches and the messages held out.
fn sources() -> Vec<Corpus> {
    let mut sources: Vec<Corpus> = CORPUS.iter().map(|(_, source)| load(source)).collect();
    for folder in ["batches", "held_out"] {
        sources.extend(
            super::batches::files(folder)
                .iter()
                .map(|(_, source)| load(source)),
        );
    }
    sources
}

/// The context of the menu file, which has units, letters, names and phones.
fn menu() -> Corpus {
    load(CORPUS[1].1)
}

/// Pieces from which chains are put together, well formed and not.
fn fragment() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "#接龙",
        "\n",
        "\n",
        "\n",
        " ",
        "1.",
        "2.",
        "3、",
        "4)",
        "12.",
        "3-2-501",
        "3-2-502",
        "5栋1203",
        "六栋301",
        "9-999",
        "王秀英",
        "何平",
        "小李",
        "王某",
        "A",
        "B",
        "a",
        "C",
        "X",
        "J",
        "蔬菜包",
        "鸡蛋",
        "三文鱼",
        "蔬采包",
        "牛奶",
        "1份",
        "两份",
        "2",
        "+1",
        "*2",
        "x3",
        "半",
        "一斤半",
        "30个",
        "99份",
        "0",
        "各",
        "，",
        "、",
        "+",
        "改成",
        "不要了",
        "再加",
        "换成",
        "退",
        "22:14",
        "2022/4/11 22:14:05",
        "「",
        "」",
        "- - - - -",
        "13812345678",
        "30元",
        "三点截单",
        "例 ",
        "放门口",
        "收到",
        "👌",
        "①",
        "1️⃣",
        "（",
        "）",
        "我要",
        "共",
        "２",
        "〇",
        "十",
        "栋",
        "单元",
        "#",
        "-",
        ".",
    ]);
    words.prop_map(str::to_string)
}

/// Read once for all cases.
static SOURCES: std::sync::OnceLock<Vec<Corpus>> = std::sync::OnceLock::new();

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// No text makes the parser panic or drop a line.
    #[test]
    fn arbitrary_text_is_kept_whole(text in "(\\PC|\n|\r\n){0,120}") {
        let corpus = menu();
        check_invariants(&text, &parse(&text, &corpus.context()), &corpus.context());
    }

    /// Nor does any jumble of what chains are made of.
    #[test]
    fn jumbled_chains_are_kept_whole(fragments in prop::collection::vec(fragment(), 0..60)) {
        let corpus = menu();
        let text = fragments.concat();
        check_invariants(&text, &parse(&text, &corpus.context()), &corpus.context());
    }

    /// Realistic messages with characters deleted, doubled or exchanged.
    #[test]
    fn mutated_chains_are_kept_whole(
        file in any::<prop::sample::Index>(),
        case in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), 0..5_u8, fragment()), 1..12),
    ) {
        let sources = SOURCES.get_or_init(sources);
        let corpus = &sources[file.index(sources.len())];
        let mut text: Vec<char> = corpus.cases[case.index(corpus.cases.len())].text.chars().collect();
        for (place, kind, fragment) in mutations {
            let place = place.index(text.len() + 1);
            match kind {
                0 if place < text.len() => { text.remove(place); }
                1 if place < text.len() => text.insert(place, text[place]),
                2 => { text.splice(place..place, fragment.chars()); }
                3 if place + 1 < text.len() => text.swap(place, place + 1),
                _ => text.truncate(place.max(1)),
            }
        }
        let text: String = text.into_iter().collect();
        check_invariants(&text, &parse(&text, &corpus.context()), &corpus.context());
    }

    /// What is posted for checking is read back into the same orders, however the compound numbers its dwellings.
    #[test]
    fn x_3_numbered_list_round_trip_in_every_compound(
        file in any::<prop::sample::Index>(),
        wanted in prop::collection::vec((any::<prop::sample::Index>(), 1..=20_u32), 8),
    ) {
        let sources = SOURCES.get_or_init(sources);
        let corpus = &sources[file.index(sources.len())];
        let context = corpus.context();
        let orders: Vec<(usize, usize, u32)> = wanted
            .iter()
            .take(context.dwellings.len())
            .enumerate()
            .map(|(index, (good, quantity))| (index, good.index(context.goods.len()), *quantity))
            .collect();
        let listed: Vec<ListedOrder> = orders
            .iter()
            .map(|(dwelling, good, quantity)| ListedOrder {
                dwelling: dwelling_name(&context, *dwelling),
                items: vec![(context.goods[*good].name.clone(), *quantity, context.goods[*good].unit.clone())],
            })
            .collect();
        let text = numbered_list("第3轮", &listed);
        let parsed = parse(&text, &context);
        prop_assert!(parsed.questions.is_empty() && parsed.unrecognised.is_empty(), "{text}\n{parsed:?}");
        let mut read: Vec<(usize, usize, u32)> =
            parsed.orders.iter().map(|order| (order.dwelling, order.lines[0].0, order.lines[0].1)).collect();
        read.sort_unstable();
        prop_assert_eq!(read, orders, "{}", text);
    }

    /// A plain list in any of the usual notations comes back as it was meant.
    #[test]
    fn plain_orders_are_read_exactly(
        wanted in prop::collection::vec((0..4_usize, 1..=9_u32, 0..6_usize), 6),
        form in 0..4_usize,
        letters in any::<bool>(),
    ) {
        let corpus = menu();
        let context = corpus.context();
        let mut text = "#接龙\n第3轮\n\n".to_string();
        for (index, dwelling) in context.dwellings.iter().enumerate() {
            let (good, quantity, separator) = wanted[index];
            let good = &context.goods[good];
            let unit = if dwelling.unit.is_empty() { String::new() } else { format!("{}单元", dwelling.unit) };
            let home = match form {
                0 => dwelling_name(&context, index),
                1 => format!("{}栋{unit}{}", dwelling.building, dwelling.room),
                2 => format!("{}号楼{unit}{}室", dwelling.building, dwelling.room),
                _ => format!("{}＃{unit}{}", dwelling.building, dwelling.room),
            };
            let name = good.menu_letter.filter(|_| letters).map_or(good.name.clone(), String::from);
            let separator = ["", " ", "*", "x", "×", "+"][separator];
            let unit = if matches!(separator, "" | " ") { good.unit.as_str() } else { "" };
            text += &format!("{}. {home} {name}{separator}{quantity}{unit}\n", index + 1);
        }
        let parsed = parse(&text, &context);
        prop_assert!(parsed.questions.is_empty(), "{text}\n{:?}", parsed.questions);
        prop_assert_eq!(parsed.orders.len(), context.dwellings.len());
        for order in parsed.orders {
            let (good, quantity, _) = wanted[order.dwelling];
            prop_assert_eq!(order.lines, vec![(good, quantity)]);
        }
    }

    /// The list that is posted for checking is read back into the same orders, X-3.
    #[test]
    fn x_3_numbered_list_round_trip(
        wanted in prop::collection::vec(prop::collection::btree_map(0..4_usize, 1..=20_u32, 1..=4), 6),
    ) {
        let corpus = menu();
        let context = corpus.context();
        let orders: Vec<ListedOrder> = wanted.iter().enumerate().map(|(index, wanted)| ListedOrder {
            dwelling: dwelling_name(&context, index),
            items: wanted.iter().map(|(good, quantity)| {
                (context.goods[*good].name.clone(), *quantity, context.goods[*good].unit.clone())
            }).collect(),
        }).collect();
        let parsed = parse(&numbered_list("第3轮", &orders), &context);
        prop_assert!(parsed.questions.is_empty() && parsed.unrecognised.is_empty(), "{parsed:?}");
        for order in &parsed.orders {
            let wanted: Vec<(usize, u32)> = wanted[order.dwelling].clone().into_iter().collect();
            prop_assert_eq!(&order.lines, &wanted);
        }
        prop_assert_eq!(parsed.orders.len(), context.dwellings.len());
        prop_assert_eq!(parsed.title.as_deref(), Some("第3轮"));
    }
}

fn offers() -> Vec<Offer> {
    let offer = |letter, name: &str, contents: &str, price_fen, unit: &str, limit| Offer {
        letter: Some(letter),
        name: name.to_string(),
        contents: contents.to_string(),
        price_fen,
        unit: unit.to_string(),
        limit_per_household: limit,
    };
    vec![
        offer('A', "蔬菜套餐", "土豆3斤、白菜2斤、萝卜2斤", 3000, "份", Some(2)),
        offer('B', "肉类套餐", "", 6850, "份", None),
        offer('C', "鸡蛋", "30枚", 0, "板", Some(1)),
    ]
}

#[test]
fn an_announcement_pasted_back_orders_nothing() {
    let corpus = menu();
    let offers = offers();
    for (zh, link) in [
        (true, Some("https://example.org/r/3")),
        (false, Some("https://example.org/r/3")),
        (true, None),
    ] {
        let text = announcement(
            &Announcement {
                compound: "桂花园",
                title: "第3轮蔬菜包",
                offers: &offers,
                cut_off: "今天18:00",
                delivery: "明天下午",
                example_dwelling: "3栋2单元501",
                link,
            },
            zh,
        );
        let parsed = parse(&text, &corpus.context());
        assert!(
            parsed.orders.is_empty() && parsed.questions.is_empty(),
            "{text}\n{parsed:#?}"
        );
        assert!(parsed.unrecognised.is_empty(), "{text}\n{parsed:#?}");
        assert_eq!(parsed.title.as_deref(), Some("桂花园 第3轮蔬菜包"));
        if zh {
            assert!(
                text.contains("A. 蔬菜套餐（土豆3斤、白菜2斤、萝卜2斤） 30元/份，每户限2份"),
                "{text}"
            );
            assert!(text.contains("B. 肉类套餐 68.50元/份\n"), "{text}");
            assert!(text.contains("例 3栋2单元501 A2份 B1份"), "{text}");
        }
    }
}

/// FC-6: the unpaid are reminded by dwelling and amount, without name or phone.
#[test]
fn fc_6_unpaid_reminder() {
    let unpaid = [
        Unpaid {
            dwelling: "3-2-501".into(),
            amount_fen: 6000,
        },
        Unpaid {
            dwelling: "5-1203".into(),
            amount_fen: 6850,
        },
    ];
    let zh = unpaid_reminder("第3轮蔬菜包", &unpaid, "今晚20:00", true);
    assert!(
        zh.starts_with("【第3轮蔬菜包】还有2户没付款，合计128.50元：\n3-2-501 60元\n5-1203 68.50元\n"),
        "{zh}"
    );
    assert!(zh.contains("今晚20:00前"));
    assert!(unpaid_reminder("Round 3", &unpaid, "20:00", false).contains("5-1203 ¥68.50"));
}

/// FC-8: buildings are called in turn, people stay 2 m apart.
#[test]
fn fc_8_pickup_call() {
    let dwellings = ["3-2-501".to_string(), "3-2-502".to_string()];
    let call = PickupCall {
        place: "南门投放点",
        slot: "15:00—15:30",
        turn: "3栋2单元",
        dwellings: &dwellings,
    };
    let zh = pickup_call(&call, true);
    assert!(
        zh.contains("3栋2单元的邻居") && zh.contains("共2户") && zh.contains("3-2-501、3-2-502"),
        "{zh}"
    );
    assert!(zh.contains("2米"));
    assert!(pickup_call(&call, false).contains("2 m apart"));
}

#[test]
fn pinyin_initials_lead_to_a_candidate_only() {
    let corpus = load(CORPUS[0].1);
    let parsed = parse("1. 295-909 ng 2份", &corpus.context());
    assert!(parsed.orders.is_empty());
    assert_eq!(parsed.questions[0].candidates, [Candidate::Good(0)]);
}

/// Whole pinyin is asked about with the household or good that it spells, however clear the rest is.
#[test]
fn full_pinyin_is_proposed_and_never_taken() {
    let corpus = menu();
    let context = corpus.context();
    for (text, candidate) in [
        ("1. wangxiuying 鸡蛋1板", Candidate::Dwelling(0)),
        ("1. wang xiuying 鸡蛋1板", Candidate::Dwelling(0)),
        ("1. 3-2-501 sanwenyu2盒", Candidate::Good(3)),
        ("1. 3-2-501 jidan 2板", Candidate::Good(2)),
        ("HePing 三文鱼2盒", Candidate::Dwelling(5)),
    ] {
        let parsed = parse(text, &context);
        check_invariants(text, &parsed, &context);
        assert!(parsed.orders.is_empty(), "{text}: {:?}", parsed.orders);
        assert_eq!(parsed.questions.len(), 1, "{text}: {parsed:?}");
        assert_eq!(parsed.questions[0].candidates, [candidate], "{text}");
    }
}

#[test]
fn empty_context_orders_nothing() {
    let context = Context {
        dwellings: &[],
        goods: &[],
        aliases: &[],
    };
    let text = "#接龙\n1. 3-501 2份\n收到";
    let parsed = parse(text, &context);
    check_invariants(text, &parsed, &context);
    assert!(parsed.orders.is_empty());
    assert_eq!(parsed.questions.len(), 1);
}
