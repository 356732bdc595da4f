//! Accounts, invitations, sign-in and sessions, and that one tenant's are nobody else's.

use std::path::Path;
use std::thread;

use duewell_domain::id::StaffId;
use duewell_engine::staff::{
    AccountProblem, AtWork, NewAccount, accept_invitation, at_work, change_password, check_sign_in,
    end_other_sessions, everyone, find_invitation, invite, note_use, open_session, sessions, set_open,
    set_up_token, sign_out, take_back_invitation,
};
use duewell_engine::{Desk, EngineError};
use duewell_store::journal;
use duewell_store::testing::on_each_engine;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use super::world::World;

const TODAY: Date = date(2026, 3, 2);
const PASSWORD: &str = "nine red lighthouses";

fn account<'a>(name: &'a str, email: &'a str) -> NewAccount<'a> {
    NewAccount { name, email, language: "en", password: PASSWORD }
}

/// The first account of a desk's tenant.
fn first(desk: &Desk) -> StaffId {
    let token = set_up_token(desk).expect("a store").expect("nobody has an account");
    accept_invitation(desk, &token, &account("Jule Petersen", "Jule@Nordlicht.example"))
        .expect("a store")
        .expect("an account")
}

fn person(desk: &Desk, id: StaffId) -> AtWork {
    let token = open_session(desk, id, "test").expect("a session");
    at_work(desk, &token).expect("a store").expect("a session that is good")
}

fn colleague(desk: &Desk, email: &str) -> StaffId {
    let token = invite(desk, email, "user:jule@nordlicht.example").expect("a store").expect("an invitation");
    accept_invitation(desk, &token, &account("Omar Haddad", "")).expect("a store").expect("an account")
}

#[test]
fn the_set_up_link_is_good_only_while_nobody_has_an_account() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let older = set_up_token(desk).unwrap().expect("a link");
        let newer = set_up_token(desk).unwrap().expect("a link");
        let refused = accept_invitation(desk, &older, &account("Jule", "jule@nordlicht.example")).unwrap();
        assert_eq!(refused, Err(AccountProblem::Invitation), "a newer link takes the older one's place");
        assert_eq!(find_invitation(desk, &newer).unwrap().as_deref(), Some(""));
        accept_invitation(desk, &newer, &account("Jule", "jule@nordlicht.example")).unwrap().unwrap();
        let again = accept_invitation(desk, &newer, &account("Eve", "eve@evil.example")).unwrap();
        assert_eq!(again, Err(AccountProblem::Invitation), "it was used");
        assert_eq!(set_up_token(desk).unwrap(), None);
        assert_eq!(everyone(desk).unwrap().staff.len(), 1);
    });
}

#[test]
fn a_set_up_link_ends_when_a_colleague_comes_by_an_invitation() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let set_up = set_up_token(desk).unwrap().expect("a link");
        colleague(desk, "omar@nordlicht.example");
        assert_eq!(find_invitation(desk, &set_up).unwrap(), None);
        let late = accept_invitation(desk, &set_up, &account("Eve", "eve@evil.example")).unwrap();
        assert_eq!(late, Err(AccountProblem::Invitation));
        assert_eq!(everyone(desk).unwrap().staff.len(), 1);
    });
}

#[test]
fn of_two_who_use_a_link_at_the_same_time_one_gets_the_account() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let token = set_up_token(desk).unwrap().expect("a link");
        let emails = ["one@nordlicht.example", "two@nordlicht.example", "three@nordlicht.example"];
        let ends: Vec<_> = thread::scope(|scope| {
            let tries: Vec<_> = emails
                .iter()
                .map(|email| scope.spawn(|| accept_invitation(desk, &token, &account("Somebody", email))))
                .collect();
            tries.into_iter().map(|one| one.join().expect("no panic").expect("a store")).collect()
        });
        let won = ends.iter().filter(|end| end.is_ok()).count();
        assert_eq!(won, 1, "{ends:?}");
        assert!(ends.iter().all(|end| end.is_ok() || *end == Err(AccountProblem::Invitation)), "{ends:?}");
        assert_eq!(everyone(desk).unwrap().staff.len(), 1);
    });
}

#[test]
fn links_end_after_three_days() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let start = desk.now();
        let set_up = set_up_token(desk).unwrap().expect("a link");
        world.hands.set(start + 72.hours());
        assert_eq!(find_invitation(desk, &set_up).unwrap(), None);
        let late = accept_invitation(desk, &set_up, &account("Jule", "jule@nordlicht.example")).unwrap();
        assert_eq!(late, Err(AccountProblem::Invitation));
        first(desk);
        let made = desk.now();
        let token = invite(desk, "omar@nordlicht.example", "user:x").unwrap().unwrap();
        world.hands.set(made + 72.hours() - 1.second());
        assert_eq!(
            everyone(desk).unwrap().invited,
            [("omar@nordlicht.example".to_owned(), made + 72.hours())]
        );
        assert!(find_invitation(desk, &token).unwrap().is_some());
        world.hands.set(made + 72.hours());
        assert!(find_invitation(desk, &token).unwrap().is_none());
        assert!(everyone(desk).unwrap().invited.is_empty());
    });
}

#[test]
fn an_invitation_can_be_taken_back_and_ends_with_the_account_that_made_it() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let jule = person(desk, first(desk));
        let omar = person(desk, colleague(desk, "omar@nordlicht.example"));
        let token = invite(desk, "ines@nordlicht.example", &jule.actor()).unwrap().unwrap();
        take_back_invitation(desk, "ines@nordlicht.example", &jule.actor()).unwrap();
        assert_eq!(find_invitation(desk, &token).unwrap(), None);
        let again = take_back_invitation(desk, "ines@nordlicht.example", &jule.actor());
        assert!(matches!(again, Err(EngineError::NotFound(..))));

        let own = invite(desk, "ines@nordlicht.example", &omar.actor()).unwrap().unwrap();
        let other = invite(desk, "emil@nordlicht.example", &jule.actor()).unwrap().unwrap();
        set_open(desk, omar.id, false, &jule).unwrap();
        assert_eq!(find_invitation(desk, &own).unwrap(), None);
        assert!(find_invitation(desk, &other).unwrap().is_some());
    });
}

#[test]
fn an_invitation_is_for_one_address() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let id = first(desk);
        assert_eq!(invite(desk, "nobody", "user:x").unwrap(), Err(AccountProblem::Email));
        let taken = invite(desk, " JULE@nordlicht.example ", "user:x").unwrap();
        assert_eq!(taken, Err(AccountProblem::EmailTaken));
        let token = invite(desk, " Omar@Nordlicht.example", "user:jule@nordlicht.example").unwrap().unwrap();
        let omar = accept_invitation(desk, &token, &account("Omar", "eve@evil.example")).unwrap().unwrap();
        let emails: Vec<String> = everyone(desk).unwrap().staff.into_iter().map(|one| one.email).collect();
        assert_eq!(emails, ["jule@nordlicht.example", "omar@nordlicht.example"]);
        assert!(id != omar);
        let next_door = world.neighbour();
        for (name, email, problem) in [
            (" ", "x@nordlicht.example", AccountProblem::NoName),
            ("Somebody", "not an address", AccountProblem::Email),
        ] {
            let token = set_up_token(&next_door).unwrap().expect("a link");
            let refused = accept_invitation(&next_door, &token, &account(name, email)).unwrap();
            assert_eq!(refused, Err(problem));
            assert!(
                find_invitation(&next_door, &token).unwrap().is_some(),
                "a slip does not use the link up"
            );
        }
    });
}

#[test]
fn weak_passwords_and_those_made_of_ones_own_name_are_refused() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let token = set_up_token(desk).unwrap().expect("a link");
        let long = "x1".repeat(200);
        for (password, problem) in [
            ("", AccountProblem::TooShort),
            ("123456789", AccountProblem::TooShort),
            (long.as_str(), AccountProblem::TooLong),
            ("PassWord1234", AccountProblem::Common),
            ("zzzzzzzzzzzz", AccountProblem::Common),
            ("Petersen-2026", AccountProblem::Common),
            ("nordlicht2026!", AccountProblem::Common),
            ("duewell-2026", AccountProblem::Common),
        ] {
            let one = NewAccount { password, ..account("Jule Petersen", "jule@nordlicht.example") };
            assert_eq!(accept_invitation(desk, &token, &one).unwrap(), Err(problem), "{password}");
        }
        let id = accept_invitation(desk, &token, &account("Jule Petersen", "jule@nordlicht.example"))
            .unwrap()
            .expect("the link is still good");
        let refused = change_password(desk, id, PASSWORD, "petersen2026").unwrap();
        assert_eq!(refused, Err(AccountProblem::Common));
    });
}

#[test]
fn only_the_right_password_of_an_open_account_signs_in() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let jule = first(desk);
        let omar = colleague(desk, "omar@nordlicht.example");
        let sign_in = |email: &str, password: &str| check_sign_in(desk, email, password).unwrap();
        assert_eq!(sign_in("jule@nordlicht.example", PASSWORD), Some(jule));
        assert_eq!(sign_in(" JULE@nordlicht.EXAMPLE ", PASSWORD), Some(jule));
        assert_eq!(sign_in("jule@nordlicht.example", "nine red lighthouse"), None);
        assert_eq!(sign_in("jule@nordlicht.example", ""), None);
        assert_eq!(sign_in("jule@nordlicht.example", &PASSWORD.repeat(20)), None);
        assert_eq!(sign_in("nobody@nordlicht.example", PASSWORD), None);
        assert_eq!(sign_in("omar@nordlicht.example", PASSWORD), Some(omar));
        let by = person(desk, jule);
        set_open(desk, omar, false, &by).unwrap();
        assert_eq!(sign_in("omar@nordlicht.example", PASSWORD), None);
        set_open(desk, omar, true, &by).unwrap();
        assert_eq!(sign_in("omar@nordlicht.example", PASSWORD), Some(omar));
    });
}

#[test]
fn a_session_ends_after_twelve_idle_hours_and_in_any_case_after_a_week() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let id = first(desk);
        let start = desk.now();
        let is_good = |token: &str, at: Timestamp| {
            world.hands.set(at);
            let found = at_work(desk, token).unwrap();
            // As a page does with each click.
            if found.as_ref().is_some_and(|who| who.is_unnoted) {
                note_use(desk, token).unwrap();
            }
            found.is_some()
        };
        let idle = open_session(desk, id, "test").unwrap();
        assert!(is_good(&idle, start + 12.hours() - 1.second()));
        assert!(is_good(&idle, start + 23.hours()), "a click counts from its own time");
        assert!(!is_good(&idle, start + 35.hours()));
        let opened = start + 40.hours();
        world.hands.set(opened);
        let busy = open_session(desk, id, "test").unwrap();
        for hours in 1..7 * 24 {
            assert!(is_good(&busy, opened + hours.hours()), "after {hours} hours");
        }
        assert!(is_good(&busy, opened + (7 * 24).hours() - 1.second()));
        assert!(!is_good(&busy, opened + (7 * 24).hours()));
        assert!(!is_good("no session at all", start));
    });
}

#[test]
fn sessions_end_by_signing_out_by_a_new_password_and_by_closing() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let (jule, omar) = (first(desk), colleague(desk, "omar@nordlicht.example"));
        let open = |id| open_session(desk, id, "test\u{7} browser").unwrap();
        let is_good = |token: &str| at_work(desk, token).unwrap().is_some();
        let [one, two, three] = [open(jule), open(jule), open(jule)];
        let own = open(omar);
        sign_out(desk, &one).unwrap();
        assert_eq!([&one, &two, &three, &own].map(|token| is_good(token)), [false, true, true, true]);
        let listed = sessions(desk, jule, &two).unwrap();
        assert_eq!(listed.iter().filter(|(_, at_hand)| *at_hand).count(), 1);
        assert!(listed.iter().all(|(one, _)| one.agent == "test browser"));
        end_other_sessions(desk, jule, &two).unwrap();
        assert_eq!([&two, &three, &own].map(|token| is_good(token)), [true, false, true]);

        let wrong = change_password(desk, jule, "not the present one", "four green harbours").unwrap();
        assert_eq!(wrong, Err(AccountProblem::WrongPassword));
        assert!(is_good(&two));
        change_password(desk, jule, PASSWORD, "four green harbours").unwrap().unwrap();
        assert_eq!([&two, &own].map(|token| is_good(token)), [false, true]);
        assert_eq!(check_sign_in(desk, "jule@nordlicht.example", PASSWORD).unwrap(), None);
        let signed_in = check_sign_in(desk, "jule@nordlicht.example", "four green harbours").unwrap();
        assert_eq!(signed_in, Some(jule));

        let by = person(desk, jule);
        let refused = set_open(desk, jule, false, &by);
        assert!(matches!(refused, Err(EngineError::Refused(_))), "nobody closes their own account");
        set_open(desk, omar, false, &by).unwrap();
        assert!(!is_good(&own));
        set_open(desk, omar, true, &by).unwrap();
        assert!(!is_good(&own), "opening again does not bring sessions back");
    });
}

#[test]
fn two_tenants_of_one_store_never_meet() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let (here, there) = (&world.desk, world.neighbour());
        let there = &there;
        let jule = first(here);
        let set_up = set_up_token(there).unwrap().expect("nobody has an account next door");
        let invited = invite(here, "omar@nordlicht.example", "user:x").unwrap().unwrap();
        let session = open_session(here, jule, "test").unwrap();

        assert_eq!(find_invitation(here, &set_up).unwrap(), None);
        assert_eq!(find_invitation(there, &invited).unwrap(), None);
        let stolen = accept_invitation(there, &invited, &account("Eve", "eve@evil.example")).unwrap();
        assert_eq!(stolen, Err(AccountProblem::Invitation));
        assert_eq!(check_sign_in(there, "jule@nordlicht.example", PASSWORD).unwrap(), None);
        assert_eq!(at_work(there, &session).unwrap(), None);
        assert!(matches!(open_session(there, jule, "test"), Err(EngineError::NotFound(..))));
        sign_out(there, &session).unwrap();
        end_other_sessions(there, jule, "none").unwrap();
        assert!(at_work(here, &session).unwrap().is_some());
        assert!(sessions(there, jule, &session).unwrap().is_empty());
        let next_door = everyone(there).unwrap();
        assert_eq!((next_door.staff.len(), next_door.invited.len()), (0, 1), "the set-up link alone");

        // The same address may work for both, with an account of its own in each.
        let same = first(there);
        let by = person(there, same);
        assert!(matches!(set_open(there, jule, false, &by), Err(EngineError::NotFound(..))));
        assert!(matches!(
            change_password(there, jule, PASSWORD, "four green harbours"),
            Err(EngineError::NotFound(..))
        ));
        assert_eq!(check_sign_in(here, "jule@nordlicht.example", PASSWORD).unwrap(), Some(jule));
        assert_eq!(check_sign_in(there, "jule@nordlicht.example", PASSWORD).unwrap(), Some(same));
        assert_eq!(everyone(here).unwrap().invited.len(), 1);
    });
}

/// Everything the database has on disk: the file and what is not yet merged into it.
fn bytes_on_disk(path: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for tail in ["", "-wal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(tail);
        all.extend(std::fs::read(name).unwrap_or_default());
    }
    all
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle.as_bytes())
}

#[test]
fn no_secret_is_kept_in_the_clear() {
    on_each_engine(|store| {
        let world = World::open(store, TODAY);
        let desk = &world.desk;
        let set_up = set_up_token(desk).unwrap().expect("a link");
        let jule =
            accept_invitation(desk, &set_up, &account("Jule", "jule@nordlicht.example")).unwrap().unwrap();
        let invited = invite(desk, "omar@nordlicht.example", "user:x").unwrap().unwrap();
        let session = open_session(desk, jule, "test").unwrap();
        change_password(desk, jule, PASSWORD, "four green harbours").unwrap().unwrap();
        let second = open_session(desk, jule, "test").unwrap();
        let secrets = [&set_up, &invited, &session, &second, PASSWORD, "four green harbours"];
        let told = desk.store.read(|tx| journal::list_tail(tx, desk.book.id, 0)).unwrap();
        let told: Vec<u8> = told
            .into_iter()
            .flat_map(|event| [event.envelope, event.payload.unwrap_or_default()].concat())
            .collect();
        assert!(holds(&told, "omar@nordlicht.example"), "the journal was really read");
        let kept = store.path().map(bytes_on_disk);
        if let Some(kept) = &kept {
            assert!(holds(kept, "$argon2id$") && holds(kept, "jule@nordlicht.example"), "the file was read");
        }
        for secret in secrets {
            assert!(!holds(&told, secret), "the journal tells `{secret}`");
            assert!(!kept.as_ref().is_some_and(|kept| holds(kept, secret)), "the file holds `{secret}`");
        }
    });
}
