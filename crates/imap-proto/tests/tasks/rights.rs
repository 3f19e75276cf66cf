//! METADATA, QUOTA, ACL.

use imap_proto::Rights;

use super::world::{given, logged_in, text};

#[test]
fn annotations() {
    // RFC 5464 sections 4.2 and 4.2.1.
    logged_in(|world| {
        let task =
            world.run(*given!(GetMetadata "GETMETADATA INBOX (/shared/comment /private/comment)"));
        world.sends(&["A1 GETMETADATA INBOX (/shared/comment /private/comment)"]);
        world.says("* METADATA \"INBOX\" /shared/comment");
        world.says("* METADATA \"INBOX\" (/shared/comment \"Shared comment\")");
        world.says("* METADATA \"INBOX\" (/private/comment NIL)");
        world.says("* METADATA other (/private/comment \"x\")");
        world.says("A1 OK [METADATA LONGENTRIES 2199] GETMETADATA complete");
        world.tells(&[
            "* METADATA INBOX /shared/comment",
            "* METADATA other (/private/comment \"x\")",
            "finished 1 OK [METADATA LONGENTRIES 2199] GETMETADATA complete",
        ]);
        let found = world.take(task).unwrap();
        let values: Vec<_> = found.values.iter().map(|it| it.entry.as_bytes()).collect();
        assert_eq!(values, [&b"/shared/comment"[..], b"/private/comment"]);
        assert_eq!(found.longest, Some(2199));
        let set = *given!(SetMetadata "SETMETADATA INBOX (/private/comment \"My\")");
        let sent = "SETMETADATA INBOX (/private/comment \\\"My\\\")".replace('\\', "");
        world.answers(set, &sent, &["OK done"]).unwrap();
    });
}

#[test]
fn quotas() {
    // RFC 9208 sections 4.1.1 to 4.1.3.
    logged_in(|world| {
        let task = given!(GetQuota "GETQUOTA \"!partition/sda4\"");
        let answer =
            ["* QUOTA \"!partition/sda4\" (STORAGE 104 10923847)", "OK Getquota completed"];
        let quota = world.answers(task, "GETQUOTA !partition/sda4", &answer).unwrap();
        assert_eq!(quota.resources[0].limit, 10_923_847);

        let task = given!(GetQuotaRoot "GETQUOTAROOT INBOX");
        let answer = [
            "* QUOTAROOT INBOX \"#user/alice\" \"!partition/sda4\"",
            "* QUOTA \"#user/alice\" (MESSAGE 42 1000)",
            "* QUOTA \"!partition/sda4\" (STORAGE 104 10923847)",
            "OK Getquotaroot completed",
        ];
        let quotas = world.answers(task, "GETQUOTAROOT INBOX", &answer).unwrap();
        assert_eq!((quotas.roots.len(), quotas.quotas.len()), (2, 2));
        assert_eq!(quotas.quotas[0].root, quotas.roots[0]);

        let task = *given!(SetQuota "SETQUOTA \"\" (STORAGE 512)");
        let answer = ["* QUOTA \"\" (STORAGE 10 512)", "OK Setquota completed"];
        let quota = world.answers(task, "SETQUOTA \"\" (STORAGE 512)", &answer).unwrap();
        assert_eq!(quota.unwrap().resources[0].usage, 10);
    });
}

#[test]
fn rights() {
    // RFC 4314 sections 3.3 to 3.5.
    logged_in(|world| {
        let answer = ["* ACL INBOX Fred rwipslda -Fred wetd", "OK Getacl complete"];
        let acl = world.answers(given!(GetAcl "GETACL INBOX"), "GETACL INBOX", &answer).unwrap();
        assert_eq!(acl.entries.len(), 2);
        assert!(acl.entries[1].identifier.is_negative());

        let task = *given!(ListRights "LISTRIGHTS ~/Mail/saved smith");
        let answer = ["* LISTRIGHTS ~/Mail/saved smith la r swicdkxte", "OK Listrights completed"];
        let rights = world.answers(task, "LISTRIGHTS ~/Mail/saved smith", &answer).unwrap();
        assert_eq!(text(|encoder| rights.required.encode(encoder)), "la");

        let answer = ["* MYRIGHTS INBOX rwiptsldaex", "OK Myrights complete"];
        let rights = world.answers(given!(MyRights "MYRIGHTS INBOX"), "MYRIGHTS INBOX", &answer);
        assert!(rights.unwrap().is(&Rights::new("rwiptsldaex").unwrap()));
    });
}
