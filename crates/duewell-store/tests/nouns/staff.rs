//! Accounts, invitations and sessions: each of its tenant.

use duewell_domain::id::{StaffId, TenantId};
use duewell_store::staff::*;
use duewell_store::testing::test_now;
use duewell_store::{Store, StoreError, Tx};
use jiff::{Timestamp, ToSpan};

use super::world::{OTHER_TENANT, TENANT, on_each_world};

/// An invitation or a session as its hash.
fn hash(n: u8) -> [u8; 32] {
    let mut hash = [0xff; 32];
    (hash[0], hash[31]) = (0, n);
    hash
}

fn minute(n: i64) -> Timestamp {
    test_now() + n.minutes()
}

fn person(n: i64, name: &str) -> Staff {
    Staff {
        id: StaffId(n),
        email: format!("p{n}@work.example"),
        name: name.to_owned(),
        language: "de-AT".to_owned(),
        password: format!("$argon2id$v=19$m=1,t=1,p=1$salt$hash{n}"),
        created_at: minute(n),
        disabled_at: None,
    }
}

fn staff(store: &Store, tenant: TenantId, n: i64) -> Option<Staff> {
    store.read(|tx| load_staff(tx, tenant, StaffId(n))).unwrap()
}

fn ids(store: &Store, tenant: TenantId) -> Vec<i64> {
    store.read(|tx| list_staff(tx, tenant)).unwrap().iter().map(|one| one.id.0).collect()
}

/// Signs in for an hour; sessions that were silent for the last ten minutes are over.
fn sign_in(tx: &mut Tx<'_>, tenant: TenantId, token: u8, of: i64, now: i64) -> Result<(), StoreError> {
    let agent = format!("Browser {token} „ü“");
    insert_session(
        tx,
        tenant,
        &hash(token),
        StaffId(of),
        &agent,
        minute(now),
        minute(now + 60),
        minute(now - 10),
    )
}

fn open(store: &Store, tenant: TenantId, of: i64) -> Vec<u8> {
    let sessions = store.read(|tx| list_sessions(tx, tenant, StaffId(of))).unwrap();
    sessions.iter().map(|session| *session.token_hash.last().unwrap()).collect()
}

#[test]
fn accounts_are_read_as_they_were_written_and_changed_one_by_one() {
    on_each_world(|store| {
        assert_eq!(store.read(|tx| count_staff(tx, TENANT)).unwrap(), 0);
        let mut kept = [person(1, "Zoë O'Neil"), person(2, "Anna"), person(3, "Anna")];
        let elsewhere = person(1, "Of the library");
        store
            .write(|tx| {
                for one in &kept {
                    insert_staff(tx, TENANT, one)?;
                }
                insert_staff(tx, OTHER_TENANT, &elsewhere)
            })
            .unwrap();
        assert_eq!(ids(store, TENANT), [2, 3, 1], "by name, then by id");
        let changed_at = minute(99);
        store
            .write(|tx| {
                set_password(tx, TENANT, StaffId(1), "$argon2id$new")?;
                set_profile(tx, TENANT, StaffId(1), "Zoë 渡辺", "en")?;
                set_disabled(tx, TENANT, StaffId(2), Some(changed_at))?;
                set_disabled(tx, TENANT, StaffId(3), Some(changed_at))?;
                set_disabled(tx, TENANT, StaffId(3), None)
            })
            .unwrap();
        kept[0].password = "$argon2id$new".to_owned();
        kept[0].name = "Zoë 渡辺".to_owned();
        kept[0].language = "en".to_owned();
        kept[1].disabled_at = Some(changed_at);
        for one in &kept {
            assert!(staff(store, TENANT, one.id.0).as_ref() == Some(one), "{}", one.id.0);
            let found = store.read(|tx| find_staff(tx, TENANT, &one.email)).unwrap();
            assert!(found.as_ref() == Some(one), "{}", one.id.0);
        }
        assert_eq!(store.read(|tx| count_staff(tx, TENANT)).unwrap(), 3, "the disabled one too");
        // Nobody else's account is meant, and an unknown one is an error.
        assert!(staff(store, OTHER_TENANT, 1) == Some(elsewhere));
        assert_eq!(ids(store, OTHER_TENANT), [1]);
        assert!(store.read(|tx| find_staff(tx, OTHER_TENANT, &kept[1].email)).unwrap().is_none());
        for refused in [
            store.write(|tx| set_password(tx, OTHER_TENANT, StaffId(2), "x")),
            store.write(|tx| set_profile(tx, OTHER_TENANT, StaffId(2), "x", "en")),
            store.write(|tx| set_disabled(tx, OTHER_TENANT, StaffId(2), None)),
        ] {
            assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        }
        assert!(staff(store, TENANT, 2).as_ref() == Some(&kept[1]));
    });
}

#[test]
fn an_address_has_one_account_in_a_tenant() {
    on_each_world(|store| {
        store.write(|tx| insert_staff(tx, TENANT, &person(1, "First"))).unwrap();
        let second = Staff { email: person(1, "").email, ..person(2, "Second") };
        let refused = store.write(|tx| insert_staff(tx, TENANT, &second));
        let Err(StoreError::Duplicate { constraint }) = &refused else { panic!("{refused:?}") };
        assert!(constraint.contains("staff") && constraint.contains("email"), "{constraint}");
        assert_eq!(ids(store, TENANT), [1]);
        store.write(|tx| insert_staff(tx, OTHER_TENANT, &second)).unwrap();
    });
}

#[test]
fn an_invitation_is_good_until_it_ends_and_is_used_once() {
    on_each_world(|store| {
        let put = |tenant, token, email: &str, now, end| {
            store
                .write(|tx| {
                    insert_invitation(tx, tenant, &hash(token), email, "user:jule", minute(now), minute(end))
                })
                .unwrap();
        };
        let find = |tenant, token, now| {
            store.read(|tx| find_invitation(tx, tenant, &hash(token), minute(now))).unwrap()
        };
        let take = |tenant, token, now| {
            store.write(|tx| take_invitation(tx, tenant, &hash(token), minute(now))).unwrap()
        };
        let listed = |tenant, now| store.read(|tx| list_invitations(tx, tenant, minute(now))).unwrap();
        put(TENANT, 1, "", 0, 10);
        put(TENANT, 2, "zoë@work.example", 1, 20);
        put(TENANT, 3, "anna@work.example", 1, 20);
        put(OTHER_TENANT, 2, "zoë@work.example", 1, 30);

        assert_eq!(find(TENANT, 1, 9), Some(String::new()));
        assert_eq!(find(TENANT, 1, 10), None, "its end is no longer within");
        assert!(!take(TENANT, 1, 10));
        let due = |email: &str, end| (email.to_owned(), minute(end));
        assert_eq!(
            listed(TENANT, 9),
            [due("", 10), due("anna@work.example", 20), due("zoë@work.example", 20)],
            "in the order they were sent"
        );
        assert_eq!(listed(TENANT, 10).len(), 2);

        // A second invitation of the same address ends the first; others and other tenants' stay.
        put(TENANT, 4, "zoë@work.example", 5, 25);
        assert_eq!(find(TENANT, 2, 6), None);
        assert!(!take(TENANT, 2, 6));
        assert_eq!(find(TENANT, 4, 6).as_deref(), Some("zoë@work.example"));
        assert_eq!(find(TENANT, 3, 6).as_deref(), Some("anna@work.example"));
        assert_eq!(find(OTHER_TENANT, 2, 6).as_deref(), Some("zoë@work.example"));
        assert_eq!(find(OTHER_TENANT, 4, 6), None);

        assert!(!take(OTHER_TENANT, 4, 6), "another tenant's");
        assert!(take(TENANT, 4, 6));
        assert!(!take(TENANT, 4, 6), "somebody was first");
        assert_eq!(find(TENANT, 4, 6), None);
        assert_eq!(listed(TENANT, 6), [due("", 10), due("anna@work.example", 20)]);
        assert_eq!(listed(OTHER_TENANT, 6), [due("zoë@work.example", 30)]);

        // Taken back: one address's, then all that somebody invited to; never another tenant's.
        let end = |tenant, email| store.write(|tx| end_invitation(tx, tenant, email)).unwrap();
        assert!(!end(OTHER_TENANT, "anna@work.example"));
        assert!(end(TENANT, "anna@work.example"));
        assert!(!end(TENANT, "anna@work.example"));
        assert_eq!(listed(TENANT, 6), [due("", 10)]);
        store.write(|tx| end_invitations_by(tx, TENANT, "user:nobody")).unwrap();
        assert_eq!(listed(TENANT, 6), [due("", 10)]);
        store.write(|tx| end_invitations_by(tx, TENANT, "user:jule")).unwrap();
        assert!(listed(TENANT, 6).is_empty());
        assert_eq!(listed(OTHER_TENANT, 6), [due("zoë@work.example", 30)]);
    });
}

#[test]
fn two_who_take_one_invitation_at_the_same_time_are_not_both_let_in() {
    on_each_world(|store| {
        store
            .write(|tx| {
                insert_invitation(tx, TENANT, &hash(1), "a@work.example", "user:jule", minute(0), minute(9))
            })
            .unwrap();
        let taken: Vec<bool> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..6)
                .map(|_| {
                    scope
                        .spawn(|| store.write(|tx| take_invitation(tx, TENANT, &hash(1), minute(1))).unwrap())
                })
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
    });
}

#[test]
fn a_session_tells_what_a_page_needs_to_know_of_its_person() {
    on_each_world(|store| {
        store
            .write(|tx| {
                insert_staff(tx, TENANT, &person(1, "Zoë O'Neil"))?;
                insert_staff(tx, OTHER_TENANT, &person(1, "Of the library"))?;
                sign_in(tx, TENANT, 1, 1, 0)?;
                // A session whose account is none of this tenant's opens nothing.
                sign_in(tx, TENANT, 2, 9, 0)
            })
            .unwrap();
        let load = |tenant, token| store.read(|tx| load_session(tx, tenant, &hash(token))).unwrap();
        let mut expected = Session {
            staff: StaffId(1),
            email: "p1@work.example".to_owned(),
            name: "Zoë O'Neil".to_owned(),
            language: "de-AT".to_owned(),
            seen_at: minute(0),
            ends_at: minute(60),
            disabled: false,
        };
        assert_eq!(load(TENANT, 1).as_ref(), Some(&expected));
        assert_eq!(load(TENANT, 2), None);
        assert_eq!(load(TENANT, 3), None);
        assert_eq!(load(OTHER_TENANT, 1), None);
        store
            .write(|tx| {
                touch_session(tx, OTHER_TENANT, &hash(1), minute(7))?;
                touch_session(tx, TENANT, &hash(3), minute(7))
            })
            .unwrap();
        assert_eq!(
            load(TENANT, 1).as_ref(),
            Some(&expected),
            "another tenant's and an unknown one were used"
        );
        store
            .write(|tx| {
                touch_session(tx, TENANT, &hash(1), minute(5))?;
                set_profile(tx, TENANT, StaffId(1), "Zoe", "en")?;
                set_disabled(tx, TENANT, StaffId(1), Some(minute(6)))
            })
            .unwrap();
        (expected.seen_at, expected.disabled) = (minute(5), true);
        (expected.name, expected.language) = ("Zoe".to_owned(), "en".to_owned());
        assert_eq!(load(TENANT, 1).as_ref(), Some(&expected));
        store.write(|tx| set_disabled(tx, TENANT, StaffId(1), None)).unwrap();
        expected.disabled = false;
        assert_eq!(load(TENANT, 1), Some(expected));
        let again = store.write(|tx| sign_in(tx, TENANT, 1, 1, 1));
        assert!(matches!(again, Err(StoreError::Duplicate { .. })), "{again:?}");
    });
}

#[test]
fn sessions_that_ended_or_were_silent_are_thrown_away_when_somebody_signs_in() {
    on_each_world(|store| {
        store
            .write(|tx| {
                for n in 1..=3 {
                    insert_staff(tx, TENANT, &person(n, "Anna"))?;
                }
                sign_in(tx, TENANT, 1, 1, 0)?;
                sign_in(tx, TENANT, 2, 1, 0)?;
                sign_in(tx, TENANT, 3, 2, 0)?;
                sign_in(tx, OTHER_TENANT, 1, 1, 0)?;
                touch_session(tx, TENANT, &hash(1), minute(57))?;
                touch_session(tx, TENANT, &hash(3), minute(49))
            })
            .unwrap();
        assert_eq!(open(store, TENANT, 1), [1, 2], "last used first");
        let all = || [1, 2, 3].map(|of| open(store, TENANT, of));
        // Two was last seen 58 minutes ago, three nine.
        store.write(|tx| sign_in(tx, TENANT, 4, 3, 58)).unwrap();
        assert_eq!(all(), [vec![1], vec![3], vec![4]]);
        // A minute later three was silent for ten minutes, to the minute.
        store.write(|tx| sign_in(tx, TENANT, 6, 3, 59)).unwrap();
        assert_eq!(all(), [vec![1], vec![], vec![6, 4]]);
        // Then the hour of one is over, though it was in use.
        store.write(|tx| sign_in(tx, TENANT, 5, 3, 60)).unwrap();
        assert_eq!(all(), [vec![], vec![], vec![5, 6, 4]]);
        assert_eq!(open(store, OTHER_TENANT, 1), [1], "nobody of the other tenant has signed in");
        let kept = store.read(|tx| list_sessions(tx, TENANT, StaffId(3))).unwrap();
        let expected = OpenSession {
            token_hash: hash(5).to_vec(),
            agent: "Browser 5 „ü“".to_owned(),
            created_at: minute(60),
            seen_at: minute(60),
        };
        assert_eq!(kept[0], expected);
    });
}

#[test]
fn one_session_or_all_sessions_of_an_account_are_ended() {
    on_each_world(|store| {
        store
            .write(|tx| {
                for tenant in [TENANT, OTHER_TENANT] {
                    insert_staff(tx, tenant, &person(1, "Anna"))?;
                    for token in 1..=3 {
                        sign_in(tx, tenant, token, 1, 0)?;
                    }
                    sign_in(tx, tenant, 4, 2, 0)?;
                }
                end_session(tx, TENANT, &hash(2))?;
                end_session(tx, TENANT, &hash(9))
            })
            .unwrap();
        assert_eq!(open(store, TENANT, 1), [1, 3]);
        assert_eq!(open(store, OTHER_TENANT, 1), [1, 2, 3]);
        let end = || store.write(|tx| end_sessions(tx, TENANT, StaffId(1))).unwrap();
        assert_eq!((end(), end()), (2, 0));
        assert_eq!(store.read(|tx| load_session(tx, TENANT, &hash(1))).unwrap(), None);
        assert_eq!((open(store, TENANT, 1), open(store, TENANT, 2)), (vec![], vec![4]));
        assert_eq!((open(store, OTHER_TENANT, 1), open(store, OTHER_TENANT, 2)), (vec![1, 2, 3], vec![4]));
    });
}
