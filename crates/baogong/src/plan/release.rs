//! How the packs of a round are divided among compounds, and let go when more is asked for than there is.

use crate::wording;

wording! {
    /// Who gets what of a round.
    Release {
        FirstCome = "first_come", "先到先得", "First come, first served";
        Ballot = "ballot", "摇号", "By ballot";
    }
}

wording! {
    /// How the packs of a round are divided among its compounds.
    Division {
        Households = "households", "按户数平均", "By number of households";
        Need = "need", "按需公平分配", "Fairly, by need";
    }
}

wording! {
    /// A class of households in a draw and where goods are shared by need. The plan says in which order the classes come.
    PriorityClass {
        Lockdown = "lockdown", "封控小区的家庭", "Households under lockdown";
        SpecialNeeds = "special_needs", "有特殊群体的家庭", "Households with special needs";
        Uncovered = "uncovered", "余粮低于预警的家庭", "Households whose food is below the alarm";
        LostBefore = "lost_before", "上次摇号没抽中的家庭", "Households not drawn last time";
        Others = "others", "其他家庭", "Other households";
    }
}

/// The classes that a rule names, in its order, with the households of no class at the end; `None` when a word is
/// unknown or comes twice.
pub fn classes(words: &[String]) -> Option<Vec<PriorityClass>> {
    let mut classes = Vec::with_capacity(words.len() + 1);
    for word in words {
        let class = PriorityClass::of(word).filter(|class| *class != PriorityClass::Others)?;
        if classes.contains(&class) {
            return None;
        }
        classes.push(class);
    }
    classes.push(PriorityClass::Others);
    Some(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_keep_their_order_and_the_others_come_last() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_string()).collect::<Vec<_>>();
        assert_eq!(
            classes(&words(&["uncovered", "special_needs"])),
            Some(vec![
                PriorityClass::Uncovered,
                PriorityClass::SpecialNeeds,
                PriorityClass::Others
            ])
        );
        assert_eq!(classes(&[]), Some(vec![PriorityClass::Others]));
        for wrong in [&["friends"][..], &["uncovered", "uncovered"], &["others"]] {
            assert_eq!(classes(&words(wrong)), None, "{wrong:?}");
        }
    }
}
