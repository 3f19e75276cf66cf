//! IDLE, and how it is begun again.

use imap_proto::tasks::Idle;

use super::client_support::at;
use super::world::selected;
use mail_proto::Connection;

#[test]
fn idle_is_begun_again_until_it_is_left() {
    selected(|world| {
        let idle = world.run(Idle);
        world.sends(&["A2 IDLE"]);
        world.says("+ idling\r\n* 173 EXISTS");
        world.tells(&["idling 2", "* 173 EXISTS"]);
        world.now = at(28 * 60);
        world.tasks.handle_timeout(world.now);
        world.turn();
        world.sends(&["DONE"]);
        world.says("A2 OK done");
        world.sends(&["A3 IDLE"]);
        world.says("+ idling\r\n* 2 EXPUNGE");
        world.tells(&["idling 2", "* 2 EXPUNGE"]);
        world.tasks.done(&idle).unwrap();
        world.turn();
        world.sends(&["DONE"]);
        world.says("A3 OK done");
        world.tells(&["finished 2 OK done"]);
        world.take(idle).unwrap();
    });
}
