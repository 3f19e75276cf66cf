//! Channel binding: who can, who says so, and who has been told otherwise (RFC 5802 section 6).

use mail_proto::Security;
use mail_proto::sasl::scram::{Pretence, ScramClient, ScramHash, ScramServer, ServerError};
use mail_proto::sasl::{
    BindingKind, ChannelBinding, Choice, ClientExchange, Credentials, Mechanism, Nonce,
    PasswordCredentials, Refusal, SaslError, ServerExchange, ServerProof, Step, choose,
};

use super::cast::{ascii, channel, iterations, settle};

fn scram_client() -> ScramClient {
    let nonce = Nonce::try_from("client").unwrap();
    ScramClient::new(ScramHash::Sha256, ascii("joe"), ascii("secret"), nonce)
}

fn scram_server() -> ScramServer {
    let pretence = Pretence::new(vec![1; 16], iterations()).unwrap();
    ScramServer::new(ScramHash::Sha256, Nonce::try_from("server").unwrap(), pretence)
}

fn other_channel() -> ChannelBinding {
    ChannelBinding::new(BindingKind::TLS_EXPORTER, vec![8; 32]).unwrap()
}

fn of_kind(kind: BindingKind) -> ChannelBinding {
    ChannelBinding::new(kind, vec![9; 12]).unwrap()
}

fn run(client: ScramClient, server: ScramServer) -> Result<ServerProof, ServerError> {
    let mut client = ClientExchange::new(client);
    let initial = client.initial().unwrap();
    let (mut server, mut step) = ServerExchange::begin(server, Some(initial.expose()));
    loop {
        step = match settle(&mut server, step) {
            Step::Challenge(challenge) => {
                let response = client.respond(challenge.expose()).unwrap();
                server.respond(response.expose()).unwrap()
            }
            Step::Accepted(_) => return Ok(client.succeed(None).unwrap().server),
            Step::Refused(Refusal::Scram(error)) => return Err(error),
            step => panic!("{step:?}"),
        };
    }
}

#[test]
fn every_pair_of_what_both_can() {
    use ServerError::{
        ChannelBindingNotSupported, ChannelBindingsDontMatch, ServerDoesSupportChannelBinding,
        UnsupportedChannelBindingType,
    };
    let clients = || {
        [scram_client(), scram_client().binding_not_offered(), scram_client().bound_to(channel())]
    };
    let servers =
        || [scram_server(), scram_server().beside_plus(), scram_server().plus([channel()])];
    let unbound = Ok(ServerProof::Credentials);
    let expected = [
        // n, y, p against a server that cannot.
        [unbound.clone(), unbound.clone(), Err(ChannelBindingNotSupported)],
        // Against one that can: y means that its offer was removed on the way.
        [unbound, Err(ServerDoesSupportChannelBinding), Err(ChannelBindingNotSupported)],
        // Against the mechanism that does.
        [
            Err(ServerDoesSupportChannelBinding),
            Err(ServerDoesSupportChannelBinding),
            Ok(ServerProof::CredentialsAndChannel),
        ],
    ];
    for (server, row) in expected.into_iter().enumerate() {
        for (client, expected) in row.into_iter().enumerate() {
            let outcome = run(clients()[client].clone(), servers()[server].clone());
            assert_eq!(outcome, expected, "client {client}, server {server}");
        }
    }
    // Somebody sits between two channels.
    let outcome = run(scram_client().bound_to(channel()), scram_server().plus([other_channel()]));
    assert_eq!(outcome, Err(ChannelBindingsDontMatch));
    let unique = scram_client().bound_to(of_kind(BindingKind::TLS_UNIQUE));
    let outcome = run(unique, scram_server().plus([channel()]));
    assert_eq!(outcome, Err(UnsupportedChannelBindingType));
}

#[test]
fn the_client_chooses_among_the_kinds() {
    let kinds =
        [BindingKind::TLS_EXPORTER, BindingKind::TLS_SERVER_END_POINT, BindingKind::TLS_UNIQUE];
    for kind in kinds.clone() {
        let server = scram_server().plus(kinds.clone().map(of_kind));
        let outcome = run(scram_client().bound_to(of_kind(kind)), server);
        assert_eq!(outcome, Ok(ServerProof::CredentialsAndChannel));
    }
    assert!(ChannelBinding::new(BindingKind::TLS_UNIQUE, vec![]).is_err());
    assert!(BindingKind::try_from("tls_unique").is_err());
}

/// The list of mechanisms is changed on its way to the client, who can bind.
#[test]
fn a_removed_offer_is_found_out() {
    let credentials = Credentials::Password(PasswordCredentials::new("joe", "secret").unwrap());
    let mut choice = Choice::new(Security::Tls, Nonce::try_from("client").unwrap());
    choice.binding = Some(channel());
    let first = |offered: &[Mechanism]| {
        let mut exchange = choose(offered, &credentials, &choice).unwrap();
        (exchange.mechanism(), exchange.initial().unwrap())
    };
    let (mechanism, message) = first(&[Mechanism::SCRAM_SHA_256, Mechanism::SCRAM_SHA_256_PLUS]);
    assert_eq!(mechanism, Mechanism::SCRAM_SHA_256_PLUS);
    assert!(message.expose().starts_with(b"p=tls-exporter,,"));
    let (mechanism, message) = first(&[Mechanism::SCRAM_SHA_256]);
    assert_eq!(mechanism, Mechanism::SCRAM_SHA_256);
    assert!(message.expose().starts_with(b"y,,"));
    let (_, step) = ServerExchange::begin(scram_server().beside_plus(), Some(message.expose()));
    let refusal = Refusal::Scram(ServerError::ServerDoesSupportChannelBinding);
    assert_eq!(step, Step::Refused(refusal));
    // Who saw the offer and may not take it says no more than n.
    choice.order = vec![Mechanism::SCRAM_SHA_256];
    let offered = [Mechanism::SCRAM_SHA_256, Mechanism::SCRAM_SHA_256_PLUS];
    let mut exchange = choose(&offered, &credentials, &choice).unwrap();
    assert!(exchange.initial().unwrap().expose().starts_with(b"n,,"));
}

/// The proof is about the flag too.
#[test]
fn a_flag_changed_on_the_way_does_not_fit_the_proof() {
    let mut client = ClientExchange::new(scram_client().binding_not_offered());
    let initial = client.initial().unwrap();
    let changed = [b"n", &initial.expose()[1..]].concat();
    let (mut server, step) = ServerExchange::begin(scram_server().beside_plus(), Some(&changed));
    let Step::Challenge(challenge) = settle(&mut server, step) else { panic!("no challenge") };
    let response = client.respond(challenge.expose()).unwrap();
    let refusal = Refusal::Scram(ServerError::ChannelBindingsDontMatch);
    assert_eq!(server.respond(response.expose()), Ok(Step::Refused(refusal)));
    assert_eq!(client.succeed(None), Err(SaslError::Unverified));
}
