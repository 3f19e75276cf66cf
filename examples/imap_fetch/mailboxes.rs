//! The mailboxes of the account.

use imap_proto::client::Event;
use imap_proto::{
    Capability, CommandBody, Data, List, ListAttribute, ListData, Mailbox, NameForm, OneOrMore,
    Status, StatusAtt, StatusData,
};

use crate::Result;
use crate::session::{Session, agreed};

/// Those that can be selected, or those of these names.
pub async fn chosen(session: &mut Session, names: &[String]) -> Result<Vec<Mailbox>> {
    if !names.is_empty() {
        let form = session.name_form();
        return names.iter().map(|name| Ok(Mailbox::from_name(name, form)?)).collect();
    }
    let found = list(session, List::all()).await?.0;
    Ok(found.into_iter().filter(is_selectable).map(|it| it.mailbox).collect())
}

fn is_selectable(found: &ListData) -> bool {
    found.attributes.is_selectable()
}

async fn list(session: &mut Session, list: List) -> Result<(Vec<ListData>, Vec<StatusData>)> {
    let (mut found, mut statuses) = (Vec::<ListData>::new(), Vec::new());
    let answer = session
        .run(CommandBody::List(list.into()), |event| match event {
            // Some list a mailbox twice.
            Event::Data(Data::List(data)) if !found.iter().any(|it| it.mailbox == data.mailbox) => {
                found.push(*data);
            }
            Event::Data(Data::Status(data)) => statuses.push(data),
            _ => {}
        })
        .await?;
    agreed("LIST", &answer)?;
    Ok((found, statuses))
}

/// Prints a line for each: messages, unseen ones, attributes, name.
pub async fn show(session: &mut Session) -> Result<()> {
    let atts = || {
        let mut atts = OneOrMore::one(StatusAtt::Messages);
        atts.push(StatusAtt::Unseen);
        atts
    };
    let in_one = session.capabilities().await?.supports(&Capability::ListStatus);
    let command = if in_one { List::all().with_status(atts()) } else { List::all() };
    let (mut found, mut statuses) = list(session, command).await?;
    found.sort_by(|one, other| one.mailbox.cmp(&other.mailbox));
    if !in_one {
        for mailbox in found.iter().filter(|it| is_selectable(it)).map(|it| it.mailbox.clone()) {
            let status = CommandBody::Status(Status { mailbox, atts: atts() });
            // One that cannot be asked for its numbers is listed without.
            session
                .run(status, |event| {
                    if let Event::Data(Data::Status(data)) = event {
                        statuses.push(data);
                    }
                })
                .await?;
        }
    }
    let form = session.name_form();
    for ListData { attributes, mailbox, .. } in &found {
        let status = statuses.iter().find(|it| it.mailbox == *mailbox);
        let number = |number: Option<u32>| number.map_or("-".into(), |it| it.to_string());
        let messages = number(status.and_then(StatusData::messages));
        let unseen = number(status.and_then(StatusData::unseen));
        let known: Vec<_> = attributes.known().map(ListAttribute::as_str).collect();
        println!("{messages}\t{unseen}\t{}\t{}", known.join(" "), shown(mailbox, form));
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
