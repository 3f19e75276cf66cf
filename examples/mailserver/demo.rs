//! A few messages for users who bring none.

/// What a new user finds.
pub const MESSAGES: [&str; 3] = [
    "Date: Mon, 03 Aug 2026 09:00:00 +0000\r\n\
     From: Postmaster <postmaster@example.org>\r\n\
     To: You <you@example.org>\r\n\
     Subject: Welcome\r\n\
     Message-ID: <welcome@example.org>\r\n\
     \r\n\
     This mailbox lives in the memory of the mailserver example.\r\n",
    "Date: Mon, 03 Aug 2026 09:05:00 +0000\r\n\
     From: Ada <ada@example.org>\r\n\
     To: You <you@example.org>\r\n\
     Subject: Lines of dots\r\n\
     Message-ID: <dots@example.org>\r\n\
     \r\n\
     .\r\n\
     ..\r\n\
     ...and yet it does not end here.\r\n\
     .\r\n",
    "Date: Mon, 03 Aug 2026 09:10:00 +0000\r\n\
     From: =?UTF-8?Q?Zo=C3=AB?= <zoe@example.org>\r\n\
     To: You <you@example.org>\r\n\
     Subject: An attachment\r\n\
     Message-ID: <attachment@example.org>\r\n\
     MIME-Version: 1.0\r\n\
     Content-Type: multipart/mixed; boundary=b1\r\n\
     \r\n\
     --b1\r\n\
     Content-Type: text/plain; charset=utf-8\r\n\
     Content-Transfer-Encoding: 8bit\r\n\
     \r\n\
     Grüße, see the attachment.\r\n\
     --b1\r\n\
     Content-Type: application/octet-stream; name=data.bin\r\n\
     Content-Transfer-Encoding: base64\r\n\
     \r\n\
     AAECAwQFBgcICQ==\r\n\
     --b1--\r\n",
];
