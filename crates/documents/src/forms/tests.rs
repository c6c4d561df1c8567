use super::*;
use std::collections::HashSet;

#[test]
fn forms_have_unique_keys_and_titles_in_both_languages() {
    let mut keys = HashSet::new();
    for form in FORMS {
        assert!(keys.insert(form.key), "form {} twice", form.key);
        let mut columns = HashSet::new();
        for column in form.columns {
            assert!(
                columns.insert(column.key),
                "{}: column {} twice",
                form.key,
                column.key
            );
            assert!(!column.title.zh.is_empty() && !column.title.en.is_empty());
            assert!(!column.hint.zh.is_empty() && !column.hint.en.is_empty());
        }
        assert!(form.columns.iter().any(|column| column.required));
    }
    assert!(form("households").is_some() && form("nothing").is_none());
}

#[test]
fn annexed_forms_one_to_six_exist() {
    // SH-2, SH-3, SH-4, SH-6, SH-7: every annexed form has a register.
    for number in 1..=6 {
        assert!(
            FORMS.iter().any(|form| form.number == Some(number)),
            "form {number}"
        );
    }
}

#[test]
fn a_heading_names_only_one_column_of_a_form() {
    for form in FORMS {
        let mut seen = HashSet::new();
        for column in form.columns {
            let mut own = HashSet::new();
            for synonym in column.synonyms {
                assert!(
                    own.insert(*synonym),
                    "{}.{}: {synonym} twice",
                    form.key,
                    column.key
                );
                assert!(seen.insert(*synonym), "{}: {synonym} names two columns", form.key);
            }
        }
    }
}

#[test]
fn every_special_need_has_a_count_in_form_one() {
    // SH-5: twelve groups, none overlooked.
    assert_eq!(SPECIAL_NEEDS.len(), 12);
    for need in SPECIAL_NEEDS {
        assert!(
            COMPOUNDS.column(&format!("need_{}", need.key)).is_some(),
            "{}",
            need.key
        );
    }
}

#[test]
fn every_category_has_sales_and_stock_of_suppliers() {
    for category in CATEGORIES.iter().filter(|category| category.key != "other") {
        for part in ["daily", "stock"] {
            assert!(SUPPLIERS.column(&format!("{}_{part}_g", category.key)).is_some());
        }
    }
}

#[test]
fn goods_are_sorted_into_categories() {
    for (name, category) in [
        ("东北大米", "grain"),
        ("鸡蛋面", "grain"),
        ("花生油", "oil"),
        ("油菜", "vegetables"),
        ("油麦菜", "vegetables"),
        ("菜籽油", "oil"),
        ("土鸡蛋", "eggs"),
        ("鸡腿", "meat"),
        ("五花肉", "meat"),
        ("玉米面", "grain"),
        ("酱油", "other"),
        ("方便面", "other"),
        ("洗衣粉", "other"),
        ("鸡蛋", "eggs"),
        ("胡萝卜", "vegetables"),
        ("", "other"),
    ] {
        assert_eq!(category_of(name), category, "{name}");
    }
}

#[test]
fn cells_turn_into_json() {
    assert_eq!(
        size_of::<Cell>(),
        size_of::<String>(),
        "a million residents fit into memory"
    );
    assert_eq!(Cell::Empty.to_json(), serde_json::Value::Null);
    assert_eq!(
        Cell::List(["pregnant".into()].into()).to_json(),
        serde_json::json!(["pregnant"])
    );
    let rice = Content {
        name: "大米".into(),
        category: "grain".into(),
        weight_g: 5000,
    };
    let contents = Cell::Contents([rice].into());
    assert_eq!(
        contents.to_json(),
        serde_json::json!([{"name": "大米", "category": "grain", "weight_g": 5000}])
    );
}
