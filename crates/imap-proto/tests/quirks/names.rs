//! D: mailbox names, LIST, STATUS, NAMESPACE.

use imap_proto::{
    Command, CommandBody, Data, Delimiter, List, ListAttribute, ListData, ListMailbox, Mailbox,
    NameForm, Response, SpecialUse, StatusData,
};

use crate::read::*;

fn list(response: Response) -> ListData {
    match response {
        Response::Data(Data::List(list) | Data::Xlist(list) | Data::Lsub(list)) => *list,
        other => panic!("{other:?}"),
    }
}

fn status(response: Response) -> StatusData {
    let Response::Data(Data::Status(status)) = response else { panic!("{response:?}") };
    status
}

#[test]
pub fn q39_inbox_in_other_spellings() {
    let read = list(legal(b"* LIST (\\HasNoChildren) \"/\" \"Inbox\"\r\n"));
    assert!(read.mailbox.is_inbox());
    assert_eq!(read.mailbox.as_bytes(), b"Inbox", "as it came");
    assert_eq!(read.mailbox, Mailbox::new("INBOX").unwrap());
    let read = list(legal(b"* XLIST (\\HasNoChildren \\Inbox) \"/\" \"Posteingang\"\r\n"));
    assert!(read.attributes.has(ListAttribute::Inbox) && !read.mailbox.is_inbox());
    assert!(!list(legal(b"* LIST () \"/\" Foo/Inbox\r\n")).mailbox.is_inbox());
}

#[test]
pub fn q40_names_without_quotes() {
    let met = ["unquoted-name"];
    let wire = b"* LIST (\\HasNoChildren) \"/\" Inbox/Foo\tBar\r\n";
    let wrote = b"* LIST (\\HasNoChildren) \"/\" \"Inbox/Foo\tBar\"\r\n";
    assert_eq!(list(deviates(wire, 37, &met, wrote)).mailbox.as_bytes(), b"Inbox/Foo\tBar");
    let wire = b"* STATUS My Folder (MESSAGES 3)\r\n";
    let read = status(deviates(wire, 11, &met, b"* STATUS \"My Folder\" (MESSAGES 3)\r\n"));
    assert_eq!((read.mailbox.as_bytes(), read.messages()), (&b"My Folder"[..], Some(3)));
    let read = status(legal(b"* STATUS +Folder (MESSAGES 6)\r\n"));
    assert_eq!((read.mailbox.as_bytes(), read.messages()), (&b"+Folder"[..], Some(6)));
    assert_eq!(list(legal(b"* LIST () \".\" INBOX.a]b\r\n")).mailbox.as_bytes(), b"INBOX.a]b");
    // The name ends before the list that ends the line.
    let wire = b"* STATUS My Folder (b) c (MESSAGES 3)\r\n";
    let wrote = b"* STATUS \"My Folder (b) c\" (MESSAGES 3)\r\n";
    assert_eq!(status(deviates(wire, 11, &met, wrote)).mailbox.as_bytes(), b"My Folder (b) c");
}

#[test]
pub fn q41_delimiters() {
    let read = list(legal(b"* LIST (\\HasNoChildren) NIL \"Folder1\"\r\n"));
    assert_eq!((read.delimiter, read.mailbox.as_bytes()), (None, &b"Folder1"[..]));
    let wire = b"* LIST (\\HasNoChildren) \"\" \"Folder2\"\r\n";
    let wrote = b"* LIST (\\HasNoChildren) NIL Folder2\r\n";
    assert_eq!(list(deviates(wire, 24, &["odd-delimiter"], wrote)).delimiter, None);
    for (wire, delimiter) in [
        (&b"* LIST () \"\\\\\" Inbox\r\n"[..], '\\'),
        (b"* LIST () \"|\" a\r\n", '|'),
        (b"* LIST () \".\" a\r\n", '.'),
    ] {
        assert_eq!(list(legal(wire)).delimiter.map(Delimiter::get), Some(delimiter));
    }
}

#[test]
pub fn q42_names_as_literals() {
    let wire = b"* LIST (\\HasNoChildren) \"/\" {19}\r\nLiteral Folder Name\r\n";
    assert_eq!(list(legal(wire)).mailbox.as_bytes(), b"Literal Folder Name");
    let read = status(legal(b"* STATUS {19}\r\nLiteral Folder Name (MESSAGES 60)\r\n"));
    assert_eq!((read.mailbox.as_bytes(), read.messages()), (&b"Literal Folder Name"[..], Some(60)));
}

#[test]
pub fn q43_delimiters_at_the_ends_of_names() {
    let read = list(legal(b"* LIST (\\Noselect) \"/\" \"Public Folders/\"\r\n"));
    assert_eq!(read.mailbox.as_bytes(), b"Public Folders/", "raw, for commands");
    assert!(!read.attributes.is_selectable());
    assert_eq!(list(legal(b"* LIST () \"/\" \"/Archive\"\r\n")).mailbox.as_bytes(), b"/Archive");
}

#[test]
pub fn q44_special_use() {
    let read: Command = legal(b"A5 LIST (SPECIAL-USE) \"\" \"*\"\r\n");
    let CommandBody::List(command) = read.body else { panic!() };
    assert!(command.is_extended());
    let read: Command = legal(b"A5 LIST \"\" \"INBOX\" RETURN (SUBSCRIBED CHILDREN)\r\n");
    let CommandBody::List(command) = read.body else { panic!() };
    assert_eq!(command.returns.unwrap().len(), 2);
    legal::<Response>(b"A5 BAD expected a string\r\n");
    legal::<Response>(b"A5 OK LIST completed\r\n");
    // Yandex says it twice.
    let read =
        list(leniently(&unit::<Response>(b"* LIST (\\Drafts \\Drafts) \"|\" D\r\n")).unwrap().0);
    assert_eq!(read.attributes.special_uses().collect::<Vec<_>>(), [SpecialUse::Drafts]);
}

#[test]
pub fn q45_list_of_the_delimiter() {
    let read: Command = legal(b"A5 LIST \"\" \"\"\r\n");
    assert_eq!(read.body, CommandBody::List(Box::new(List::delimiter())));
    let wrote = b"A5 OK \r\n";
    deviates::<Response>(b"A5 OK\r\n", 5, &["no-resp-text"], wrote);
}

#[test]
pub fn q46_namespace() {
    assert_eq!(legal::<Command>(b"A4 NAMESPACE\r\n").body, CommandBody::Namespace);
}

#[test]
pub fn q47_large_and_missing_values() {
    let read = status(legal(b"* STATUS INBOX (APPENDLIMIT NIL)\r\n"));
    assert_eq!(read.items, [imap_proto::StatusItem::AppendLimit(None)]);
    let read = legal(b"* QUOTA \"\" (STORAGE 5242880000 10485760000)\r\n");
    let Response::Data(Data::Quota(quota)) = read else { panic!() };
    let storage = quota.of(&imap_proto::ResourceName::Storage).unwrap();
    assert_eq!((storage.usage, storage.limit), (5_242_880_000, 10_485_760_000));
}

#[test]
pub fn q48_attributes_of_all_sorts() {
    let read = list(legal(b"* LIST (\\HasNoChildren \\Marked \\NoInferiors) \"|\" INBOX\r\n"));
    for attribute in
        [ListAttribute::HasNoChildren, ListAttribute::Marked, ListAttribute::NoInferiors]
    {
        assert!(read.attributes.has(attribute));
    }
    let read = list(legal(b"* LIST (\\X-Own \\Subscribed) \"/\" a\r\n"));
    assert_eq!(read.attributes.others()[0].as_bytes(), b"X-Own");
    let wrote = b"* LIST (\\HasChildren) \"/\" a\r\n";
    let read = list(deviates(b"* LIST (HasChildren) \"/\" a\r\n", 8, &["bare-attribute"], wrote));
    assert_eq!(read.attributes.has_children(), Some(true));
}

#[test]
pub fn q118_names_that_look_like_something_else() {
    let read = list(legal(b"* LIST (\\Subscribed \\HasNoChildren \\UnMarked) \"/\" 200\r\n"));
    assert_eq!(read.mailbox.as_bytes(), b"200");
    assert!(read.attributes.has(ListAttribute::Unmarked));
    let read = status(legal(b"* STATUS 200 (MESSAGES 0 UIDNEXT 1)\r\n"));
    assert_eq!((read.mailbox.as_bytes(), read.messages()), (&b"200"[..], Some(0)));
    let wire = b"* LIST (\\HasNoChildren \\UnMarked) \"/\" [Gmail]/Starred\r\n";
    assert_eq!(list(legal(wire)).mailbox.as_bytes(), b"[Gmail]/Starred");
    for (token, name) in [
        ("200", "200"),
        ("NIL", "NIL"),
        ("[x", "[x"),
        ("x]", "x]"),
        ("+", "+"),
        ("\"*\"", "*"),
        ("\"{5}\"", "{5}"),
        ("a&-b", "a&-b"),
        ("OK", "OK"),
        ("\"\"", ""),
    ] {
        let read = list(legal(format!("* LIST () \"/\" {token}\r\n").as_bytes()));
        assert_eq!(read.mailbox.as_bytes(), name.as_bytes());
        let read = status(legal(format!("* STATUS {token} (MESSAGES 1)\r\n").as_bytes()));
        assert_eq!(read.mailbox.as_bytes(), name.as_bytes());
        let read: Command = legal(format!("a SELECT {token}\r\n").as_bytes());
        let CommandBody::Select(select) = read.body else { panic!() };
        assert_eq!(select.mailbox.as_bytes(), name.as_bytes());
    }
}

#[test]
pub fn q119_list_for_xlist() {
    let read: Command = legal(b"9 XLIST \"INBOX.\" \"*\"\r\n");
    let CommandBody::Xlist(xlist) = read.body else { panic!() };
    assert_eq!(xlist.pattern, ListMailbox::new("*").unwrap());
    let wire = b"* LIST (\\HasNoChildren \\Drafts) \".\" INBOX.Drafts\r\n";
    assert!(list(legal(wire)).attributes.has(ListAttribute::Drafts));
}

#[test]
pub fn c11_names_with_an_ampersand() {
    let units = units::<Command>(b"A1 ENABLE UTF8=ACCEPT\r\nA2 CREATE \"R&D\"\r\n");
    let CommandBody::Create(create) = strictly::<Command>(&units[1]).unwrap().body else {
        panic!()
    };
    assert_eq!(create.mailbox.name(NameForm::Utf8).unwrap(), "R&D");
    assert!(create.mailbox.name(NameForm::Utf7).is_err(), "nothing is guessed");
    assert_eq!(create.mailbox.as_bytes(), b"R&D");
}

#[test]
pub fn c19_inbox_in_any_case() {
    let CommandBody::Select(select) = legal::<Command>(b"A1 SELECT Inbox\r\n").body else {
        panic!()
    };
    assert!(select.mailbox.is_inbox());
    let CommandBody::Create(create) = legal::<Command>(b"A1 CREATE inbox/Foo\r\n").body else {
        panic!()
    };
    assert_eq!(create.mailbox.as_bytes(), b"inbox/Foo");
    assert!(!create.mailbox.is_inbox());
}
