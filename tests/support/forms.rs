//! The forms of a page as a browser would send them: every field with what stands in it, then what somebody changes.

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(plain(value))
}

/// Text as it was before it was written into a page.
fn plain(text: &str) -> String {
    let escapes = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    escapes.iter().fold(text.to_owned(), |text, (escape, sign)| text.replace(escape, sign))
}

/// Every field of the form that is sent to `action`, by POST; panics when the page has none.
pub fn fields(html: &str, action: &str) -> Vec<(String, String)> {
    let mark = format!("action=\"{action}\"");
    let is_it = |form: &&str| form.split('>').next().unwrap().contains(&mark);
    let form = html.split("<form").skip(1).find(is_it).unwrap_or_else(|| panic!("no form for {action}: {html}"));
    fields_of(form.split("</form>").next().unwrap())
}

/// Every field of a form, from its tag to its end.
pub fn fields_of(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select = String::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let is_ticked = tag.ends_with(" checked") || tag.contains(" checked ");
        match tag.split(' ').next().unwrap() {
            "input" => {
                let (Some(name), kind) = (attribute(tag, "name"), attribute(tag, "type").unwrap_or_default()) else {
                    continue;
                };
                if is_ticked || !matches!(kind.as_str(), "checkbox" | "radio") {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            "textarea" => {
                fields.push((attribute(tag, "name").unwrap(), plain(text.strip_prefix('\n').unwrap_or(text))));
            }
            "select" => {
                select = attribute(tag, "name").unwrap();
                fields.push((select.clone(), String::new()));
            }
            "option" if tag.ends_with(" selected") => {
                fields.retain(|(name, _)| *name != select);
                fields.push((select.clone(), attribute(tag, "value").unwrap_or_default()));
            }
            _ => {}
        }
    }
    fields
}

/// The fields with some of them changed: all values of a changed name go, then the new ones come.
pub fn changed(mut fields: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

#[test]
fn a_form_is_sent_as_it_stands() {
    let html = "<form action=\"/a\"><input name=\"x\" value=\"1 &#38; 2\"><input type=\"radio\" name=\"r\" value=\"a\">\
        <input type=\"radio\" name=\"r\" value=\"b\" checked><textarea name=\"t\">\nUn\nDeux</textarea>\
        <select name=\"s\"><option value=\"\">Choisir</option><option value=\"k\" selected>K</option></select></form>";
    let sent = fields(html, "/a");
    let pairs: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("x", "1 & 2"), ("r", "b"), ("t", "Un\nDeux"), ("s", "k")]);
    assert_eq!(changed(sent, &[("x", "3")]).last().unwrap().1, "3");
}
