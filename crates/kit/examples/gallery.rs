//! Writes the gallery and its assets as files, to look at them in a browser and to photograph them.
//!
//! `cargo run -p kit --example gallery [folder]`; the folder is `kit-gallery` among the temporary files if
//! not given.

use std::path::PathBuf;
use std::{env, fs, io};

use kit::{Lang, assets, gallery, gallery_resident};

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(|| env::temp_dir().join("kit-gallery"), PathBuf::from);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
        let packed = asset.gzip.map_or(asset.bytes.len(), <[u8]>::len);
        println!("{} {} bytes, packed {packed}", asset.path, asset.bytes.len());
    }
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (elder, size) in [(false, "normal"), (true, "elder")] {
            for (kind, page) in [
                ("staff", gallery(lang, elder)),
                ("resident", gallery_resident(lang, elder)),
            ] {
                // A page opened as a file has no root, so that its assets stand beside it.
                let text = page.into_string().replace("\"/assets/", "\"assets/");
                fs::write(folder.join(format!("{kind}-{code}-{size}.html")), text)?;
            }
        }
    }
    println!("{}", folder.display());
    Ok(())
}
