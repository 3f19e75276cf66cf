//! The mailboxes of the account.

use imap_proto::tasks::ListedMailbox;
use imap_proto::{
    Capability, List, ListAttribute, Mailbox, NameForm, OneOrMore, Status, StatusAtt, StatusData,
};

use crate::Result;
use crate::session::Session;

/// Those that can be selected, or those of these names.
pub async fn chosen(session: &mut Session, names: &[String]) -> Result<Vec<Mailbox>> {
    if !names.is_empty() {
        let form = session.name_form();
        return names.iter().map(|name| Ok(Mailbox::from_name(name, form)?)).collect();
    }
    let found = list(session, List::all()).await?;
    Ok(found.into_iter().filter(is_selectable).map(|it| it.list.mailbox).collect())
}

fn is_selectable(found: &ListedMailbox) -> bool {
    found.list.attributes.is_selectable()
}

async fn list(session: &mut Session, list: List) -> Result<Vec<ListedMailbox>> {
    let mut found = session.run("LIST", list).await?;
    // Some list a mailbox twice.
    found.sort_by(|one, other| one.list.mailbox.cmp(&other.list.mailbox));
    found.dedup_by(|one, other| one.list.mailbox == other.list.mailbox);
    Ok(found)
}

/// Prints a line for each: messages, unseen ones, attributes, name.
pub async fn show(session: &mut Session) -> Result<()> {
    let mut atts = OneOrMore::one(StatusAtt::Messages);
    atts.push(StatusAtt::Unseen);
    let in_one = session.capabilities().await?.supports(&Capability::ListStatus);
    let command = if in_one { List::all().with_status(atts.clone()) } else { List::all() };
    let mut found = list(session, command).await?;
    if !in_one {
        for it in found.iter_mut().filter(|it| is_selectable(it)) {
            let status = Status { mailbox: it.list.mailbox.clone(), atts: atts.clone() };
            // One that cannot be asked for its numbers is listed without.
            it.status = session.attempt(status, |_| {}).await?.ok();
        }
    }
    let form = session.name_form();
    for ListedMailbox { list, status, .. } in &found {
        let status = status.as_ref();
        let number = |number: Option<u32>| number.map_or("-".into(), |it| it.to_string());
        let messages = number(status.and_then(StatusData::messages));
        let unseen = number(status.and_then(StatusData::unseen));
        let known: Vec<_> = list.attributes.known().map(ListAttribute::as_str).collect();
        println!("{messages}\t{unseen}\t{}\t{}", known.join(" "), shown(&list.mailbox, form));
    }
    Ok(())
}

/// The name of a mailbox, fit for a terminal.
pub fn shown(mailbox: &Mailbox, form: NameForm) -> String {
    let name = mailbox.name(form).unwrap_or_else(|_| mailbox.display());
    let escape = |char: char| match char.is_control() {
        true => char.escape_default().to_string(),
        false => char.into(),
    };
    name.chars().map(escape).collect()
}

/// The name of its folder here: what no folder can be called so is written `%XX`.
pub fn folder_name(mailbox: &Mailbox, form: NameForm) -> String {
    let name = mailbox.name(form).unwrap_or_else(|_| mailbox.display());
    let mut folder = String::new();
    for (at, char) in name.char_indices() {
        let is_plain = !char.is_control() && !matches!(char, '/' | '%') && (at > 0 || char != '.');
        match is_plain {
            true => folder.push(char),
            false => {
                let mut octets = [0; 4];
                let octets = char.encode_utf8(&mut octets).bytes();
                octets.for_each(|octet| folder += &format!("%{octet:02X}"));
            }
        }
    }
    folder
}
