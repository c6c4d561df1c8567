//! Reasons to refuse a whole file.

use super::{
    CELL_TEXT_MAX, CELLS_MAX, COLUMNS_MAX, PACKED_BYTES_MAX, ROWS_MAX, SHEETS_MAX, UNPACKED_BYTES_MAX,
};

/// Why a file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected {
    /// The file is larger than [`PACKED_BYTES_MAX`].
    TooBig {
        /// Size of the file in bytes.
        bytes: usize,
    },
    /// The parts of the file unpack to more than [`UNPACKED_BYTES_MAX`].
    UnpacksTooBig,
    /// A file has more rows than [`ROWS_MAX`].
    TooManyRows,
    /// A file has more cells than [`CELLS_MAX`], more text than
    /// [`TEXT_BYTES_MAX`](super::TEXT_BYTES_MAX), or a sheet that spans too large an area.
    TooManyCells,
    /// The file has more sheets than [`SHEETS_MAX`].
    TooManySheets,
    /// A cell holds more text than [`CELL_TEXT_MAX`].
    LongText {
        /// Row of the cell, 1-based.
        row: usize,
    },
    /// The file takes values from other files.
    ExternalLinks,
    /// A part of the file defines entities of its own, which no spreadsheet program writes.
    Entities,
    /// The elements of a part stand deeper inside one another than any spreadsheet program writes.
    TooDeep,
    /// Whoever watched the reading ended it.
    Cancelled,
    /// The file is protected by a password.
    Encrypted,
    /// The file is no spreadsheet.
    NotSpreadsheet {
        /// What it seems to be, in Chinese and English.
        seems: Option<(&'static str, &'static str)>,
    },
    /// The file is damaged.
    Unreadable {
        /// Detail from the reader, for the log.
        detail: String,
    },
    /// No sheet follows any of the forms expected.
    NoForm {
        /// The first filled row found, shortened.
        found: String,
    },
}

impl Rejected {
    /// Chinese message: what is wrong and what to do.
    pub fn zh(&self) -> String {
        match self {
            Rejected::TooBig { bytes } => format!(
                "文件有 {} MB，超过 {} MB 的上限；请按社区或小区拆成几个文件",
                bytes.div_ceil(1024 * 1024),
                PACKED_BYTES_MAX / 1024 / 1024
            ),
            Rejected::UnpacksTooBig => format!(
                "文件解压后超过 {} MB，为安全起见不予读取；请删除图片和多余的表后重试",
                UNPACKED_BYTES_MAX / 1024 / 1024
            ),
            Rejected::TooManyRows => format!("表格超过 {ROWS_MAX} 行；请拆成几个文件"),
            Rejected::TooManyCells => format!(
                "表格内容过多（最多 {} 万个单元格，{COLUMNS_MAX} 列以内）；请拆成几个文件，并删除远处的零散单元格",
                CELLS_MAX / 10_000
            ),
            Rejected::TooManySheets => format!("文件里的工作表超过 {SHEETS_MAX} 张；请删除多余的工作表"),
            Rejected::LongText { row } => format!(
                "第 {row} 行有一格超过 {CELL_TEXT_MAX} 字，不像表格；请检查这一行的引号是否成对、分隔符是否正确"
            ),
            Rejected::ExternalLinks => {
                "文件里有引用其他文件的外部链接，数值可能已经过时；请全选后“复制—选择性粘贴为数值”，再断开链接后上传".to_string()
            }
            Rejected::Entities => "文件里含有实体定义，不是表格软件正常保存的文件，为安全起见不予读取；请重新另存为 xlsx".to_string(),
            Rejected::TooDeep => "文件内部嵌套过深，不是表格软件正常保存的文件，为安全起见不予读取；请重新另存为 xlsx".to_string(),
            Rejected::Cancelled => "已取消读取，没有写入任何内容".to_string(),
            Rejected::Encrypted => "文件设有密码；请取消密码后再上传".to_string(),
            Rejected::NotSpreadsheet { seems: Some((zh, _)) } => {
                format!("这不是电子表格，像是{zh}；请另存为 xlsx 或 csv 后再上传")
            }
            Rejected::NotSpreadsheet { seems: None } => {
                "这不是电子表格；请上传 xlsx、xls、ods 或 csv 文件".to_string()
            }
            Rejected::Unreadable { .. } => {
                "文件已损坏或不完整，打不开；请重新另存为 xlsx 后再上传".to_string()
            }
            Rejected::NoForm { found } if found.is_empty() => "文件里没有内容；请下载模板填写".to_string(),
            Rejected::NoForm { found } => {
                format!("没有找到认得的表头（第一行内容是“{found}”）；请对照模板检查列名")
            }
        }
    }

    /// English message: what is wrong and what to do.
    pub fn en(&self) -> String {
        match self {
            Rejected::TooBig { bytes } => format!(
                "the file has {} MB, more than the {} MB allowed; split it by community or compound",
                bytes.div_ceil(1024 * 1024),
                PACKED_BYTES_MAX / 1024 / 1024
            ),
            Rejected::UnpacksTooBig => format!(
                "the file unpacks to more than {} MB and is not read for safety; remove pictures and spare sheets",
                UNPACKED_BYTES_MAX / 1024 / 1024
            ),
            Rejected::TooManyRows => format!("a sheet has more than {ROWS_MAX} rows; split the file"),
            Rejected::TooManyCells => format!(
                "the file is too large (at most {CELLS_MAX} cells within {COLUMNS_MAX} columns); split the file and clear stray cells"
            ),
            Rejected::TooManySheets => format!("the file has more than {SHEETS_MAX} sheets; remove the spare ones"),
            Rejected::LongText { row } => format!(
                "a cell in row {row} has more than {CELL_TEXT_MAX} characters; check quotes and separators of that row"
            ),
            Rejected::ExternalLinks => {
                "the file takes values from other files, which may be out of date; paste them as values, break the links and upload again".to_string()
            }
            Rejected::Entities => {
                "the file defines entities, which no spreadsheet program writes, and is not read for safety; save it again as xlsx".to_string()
            }
            Rejected::TooDeep => {
                "the elements of the file are nested deeper than a spreadsheet program writes; it is not read for safety, save it again as xlsx".to_string()
            }
            Rejected::Cancelled => "reading was cancelled; nothing was written".to_string(),
            Rejected::Encrypted => {
                "the file is protected by a password; remove it and upload again".to_string()
            }
            Rejected::NotSpreadsheet { seems: Some((_, en)) } => {
                format!("this is not a spreadsheet but seems to be {en}; save it as xlsx or csv")
            }
            Rejected::NotSpreadsheet { seems: None } => {
                "this is not a spreadsheet; upload an xlsx, xls, ods or csv file".to_string()
            }
            Rejected::Unreadable { .. } => {
                "the file is damaged or incomplete; save it again as xlsx and upload".to_string()
            }
            Rejected::NoForm { found } if found.is_empty() => {
                "the file is empty; download the template and fill it in".to_string()
            }
            Rejected::NoForm { found } => {
                format!(
                    "no known heading was found (the first row reads “{found}”); compare with the template"
                )
            }
        }
    }

    /// The message in the language asked for.
    pub fn message(&self, zh: bool) -> String {
        if zh { self.zh() } else { self.en() }
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.en())
    }
}

impl std::error::Error for Rejected {}
