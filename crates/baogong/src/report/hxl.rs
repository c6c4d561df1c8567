//! Tags of the Humanitarian Exchange Language (HXL 1.1, hxlstandard.org) for the columns of lists, so that aid
//! organisations read them without a translation.

/// The tags of columns by their title in either language. A column without a tag is left blank in the tag row, as the
/// standard allows.
const TAGS: &[(&str, &str, &str)] = &[
    ("小区", "Compound", "#loc+name+compound"),
    ("社区", "Community", "#adm4+name"),
    ("区域", "Area", "#adm+name"),
    ("房号", "Dwelling", "#loc+name+dwelling"),
    ("楼栋", "Building", "#loc+name+building"),
    ("小区、楼栋", "Compound, building", "#loc+name+building"),
    ("单元", "Unit", "#loc+name+unit"),
    ("户数", "Households", "#population+hh"),
    ("住户", "Households", "#population+hh"),
    ("人数", "People", "#population+ind"),
    ("不足", "Short", "#inneed+hh+short"),
    ("未知", "Unknown", "#inneed+hh+unknown"),
    ("可供天数", "Days left", "#indicator+num+days"),
    ("预计用完", "Runs out", "#date+end"),
    ("品类", "Category", "#item+type"),
    ("户主", "Head", "#beneficiary+name"),
    ("电话", "Phone", "#contact+phone"),
    ("特殊群体", "Special needs", "#affected+type"),
    ("应走访", "Visit due", "#date+visit+due"),
    ("今日应走访", "Visits due", "#activity+num+due"),
    ("特殊群体户数", "Households with special needs", "#affected+hh"),
    ("需要什么", "Item", "#need+name"),
    ("数量", "Quantity", "#need+quantity"),
    ("急需", "Urgent", "#severity"),
    ("待解决需求", "Open needs", "#need+num+open"),
    ("急需需求", "Urgent needs", "#need+num+urgent"),
    ("状态", "State", "#status"),
    ("级别", "Level", "#status+level"),
    ("风险", "Risk", "#severity+risk"),
    ("登记时间", "Recorded", "#date+reported"),
    ("保供单位", "Supplier", "#org+supplier+name"),
    ("主供", "Main", "#org+supplier+main"),
    ("备用", "Backup", "#org+supplier+backup"),
    ("轮次", "Round", "#activity+code"),
    ("标题", "Title", "#activity+name"),
    ("方式", "Mode", "#modality"),
    ("截单", "Cut-off", "#date+cutoff"),
    ("订单", "Orders", "#delivery+num+ordered"),
    ("未付", "Unpaid", "#delivery+num+unpaid"),
    ("已交付", "Handed over", "#delivery+num+reached"),
    ("订单号", "Order", "#delivery+code"),
    ("袋号", "Bag", "#delivery+code"),
    ("箱号", "Box", "#delivery+code+box"),
    ("袋数", "Bags", "#delivery+num+bags"),
    ("内容", "Contents", "#item+name"),
    ("金额（元）", "Amount (yuan)", "#value+cny"),
    ("应付（元）", "Due (yuan)", "#value+cny+due"),
    ("垫付（元）", "Owed (yuan)", "#value+cny+owed"),
    ("车次", "Trip", "#delivery+code+trip"),
    ("车辆", "Vehicle", "#delivery+vehicle"),
    ("站", "Stops", "#delivery+num+stops"),
    ("箱", "Boxes", "#delivery+num+boxes"),
    ("出发", "Left", "#date+start"),
    ("预案", "Plan", "#activity+plan"),
    ("自", "From", "#date+start"),
    ("至", "Until", "#date+end"),
    ("姓名", "Name", "#contact+name"),
    ("文件", "File", "#meta+file"),
    ("经办人", "Who", "#contact+name"),
    ("上传时间", "Uploaded", "#date+reported"),
    ("导入时间", "Applied", "#date+applied"),
    ("撤销时间", "Undone", "#date+undone"),
    ("群里的叫法", "As written", "#meta+alias"),
    ("指的是", "Stands for", "#description"),
    ("谁确认的", "Settled by", "#contact+name"),
    ("时间", "Time", "#date"),
    ("顺序", "Turn", "#meta+order"),
    ("登记号", "Request", "#meta+id"),
    ("登记内容", "Asked for", "#item+name"),
    ("档次", "Class", "#affected+class"),
    ("签号", "Ticket", "#meta+ticket"),
    ("结果", "Result", "#status+result"),
];

/// The tag of a column, or an empty text.
pub fn tag(title: &str) -> &'static str {
    TAGS.iter()
        .find(|(zh, en, _)| *zh == title || *en == title)
        .map_or("", |(_, _, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashtags of HXL 1.1.
    const HASHTAGS: &[&str] = &[
        "#access",
        "#activity",
        "#adm",
        "#adm4",
        "#affected",
        "#beneficiary",
        "#capacity",
        "#channel",
        "#contact",
        "#date",
        "#delivery",
        "#description",
        "#geo",
        "#indicator",
        "#inneed",
        "#item",
        "#loc",
        "#meta",
        "#modality",
        "#need",
        "#org",
        "#population",
        "#reached",
        "#service",
        "#severity",
        "#status",
        "#value",
    ];

    #[test]
    fn every_tag_is_a_hashtag_of_the_standard_with_lower_case_attributes() {
        for (zh, _, tag) in TAGS {
            let mut parts = tag.split('+');
            let hashtag = parts.next().unwrap();
            assert!(HASHTAGS.contains(&hashtag), "{zh}: {tag}");
            for attribute in parts {
                assert!(
                    !attribute.is_empty() && attribute.bytes().all(|byte| byte.is_ascii_lowercase()),
                    "{zh}: {tag}"
                );
            }
        }
    }

    #[test]
    fn columns_are_found_by_their_title_in_either_language() {
        assert_eq!(tag("可供天数"), "#indicator+num+days");
        assert_eq!(tag("Days left"), "#indicator+num+days");
        assert_eq!(tag("结清签字"), "");
    }
}
