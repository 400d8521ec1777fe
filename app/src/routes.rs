//! The site map: every address and what answers it, one line each.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    pages::{
        activity, allowance, assignments, audit, bulk, calendar, certificate, debrief, departments, deputies,
        exceptions, exports, feedback, first_steps, imports, job_roles, library, messages, modules, packet, paths,
        people, person, person_report, policies, profile, quiz, reader, recall, record, recording, reports,
        requirements, role_play, saved_views, set_up, sign_in, site, statistics, studio, team, team_training, training,
        unsubscribe, updates, why,
    },
    state::AppState,
};

/// Makes the router and, from the same lines, the list that the table of rights is held against.
macro_rules! site_map {
    ($($method:ident $path:literal $handler:path;)+) => {
        /// Every address with its method, in small letters.
        pub const SITE_MAP: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        /// Every page and every form. What needs somebody signed in asks for it by its `SignedIn` argument.
        /// Whoever serves them puts [`crate::around`] around them, inside the sessions.
        pub fn router() -> Router<AppState> {
            Router::new()
                $(.route($path, $method($handler)))+
                .fallback(crate::pages::not_found)
        }
    };
}

site_map! {
    get "/" training::show;
    get "/sign-in" sign_in::show;
    post "/sign-in" sign_in::submit;
    post "/sign-out" sign_in::sign_out;
    get "/forgot" sign_in::forgot;
    get "/setup/{token}" set_up::show;
    post "/setup/{token}" set_up::submit;
    get "/invite/{token}" set_up::show_invitation;
    post "/invite/{token}" set_up::accept_invitation;
    get "/code" set_up::ask_code;
    post "/code" set_up::enter_code;
    post "/password-strength" set_up::strength;
    post "/theme" profile::choose_theme;
    get "/modules" modules::list;
    get "/modules/{slug}" modules::overview;
    post "/modules/{slug}/again" modules::again;
    get "/modules/{slug}/{page}" reader::show;
    post "/modules/{slug}/{page}/read" reader::mark_read;
    post "/modules/{slug}/{page}/check" reader::check;
    post "/modules/{slug}/{page}/reflect" reader::reflect;
    get "/role-plays/{slug}" role_play::intro;
    post "/role-plays/{slug}/begin" role_play::begin;
    get "/role-plays/{slug}/play" role_play::show;
    post "/role-plays/{slug}/choose" role_play::choose;
    post "/role-plays/{slug}/back" role_play::back;
    get "/role-plays/{slug}/attempts/{attempt}" debrief::show;
    post "/role-plays/{slug}/attempts/{attempt}/again" debrief::again;
    get "/quizzes/{slug}" quiz::intro;
    post "/quizzes/{slug}/begin" quiz::begin;
    get "/quizzes/{slug}/questions/{number}" quiz::show;
    post "/quizzes/{slug}/questions/{number}" quiz::answer;
    get "/quizzes/{slug}/review" quiz::review;
    post "/quizzes/{slug}/hand-in" quiz::hand_in;
    get "/quizzes/{slug}/attempts/{attempt}" quiz::result;
    get "/recall/{slug}" recall::show;
    get "/recall/{slug}/{number}" recall::ask;
    post "/recall/{slug}/{number}" recall::answer;
    get "/feedback/{slug}" feedback::show;
    post "/feedback/{slug}" feedback::say;
    get "/feedback/{slug}/answers" feedback::answers;
    get "/search" library::search;
    get "/job-aids/{slug}" library::job_aid;
    get "/go/{slug}" activity::go;
    get "/go/{slug}/{part}" activity::go_to_part;
    get "/images/{file}" activity::image;
    get "/offline" library::offline;
    get "/record" record::show;
    get "/certificates/{number}" certificate::show;
    get "/certificates/{number}/certificate.pdf" certificate::pdf;
    get "/verify" certificate::ask;
    get "/verify/{number}" certificate::verify;
    get "/profile" profile::show;
    post "/profile/password" profile::change_password;
    post "/profile/end-session" profile::end_session;
    post "/profile/end-all-sessions" profile::sign_out_everywhere;
    get "/profile/data.json" profile::own_data;
    post "/profile/calendar" calendar::make;
    post "/profile/end-calendar" calendar::end;
    get "/calendar/{file}" calendar::read;
    get "/team" team::show;
    get "/why/{requirement}" why::show_own;
    get "/team/{id}/why/{requirement}" why::show_for;
    get "/team/{id}/training" team_training::show;
    post "/team/{id}/training/remind" team_training::remind;
    get "/team/{id}/training/{deed}" recording::show;
    post "/team/{id}/training/{deed}" recording::submit;
    get "/team/deputies" deputies::show;
    post "/team/deputies" deputies::name;
    post "/team/deputies/end" deputies::end;
    get "/reports" reports::index;
    get "/reports/{report}" reports::show;
    post "/exports/make" exports::submit;
    get "/exports" exports::list;
    get "/exports/{id}" exports::download;
    post "/exports/delete" exports::delete;
    post "/exports/again" exports::again;
    post "/reports/actions/choose" bulk::choose;
    get "/reports/actions/done" bulk::done;
    post "/reports/actions/undo" bulk::undo;
    post "/reports/actions/{deed}" bulk::submit;
    post "/reports/views" saved_views::save;
    get "/reports/views/{id}" saved_views::show;
    post "/reports/views/{id}" saved_views::rename;
    post "/reports/views/{id}/delete" saved_views::delete;
    post "/reports/views/{id}/mailing" saved_views::mail;
    post "/reports/views/{id}/recipients" saved_views::add_recipient;
    post "/reports/views/{id}/remove" saved_views::remove_recipient;
    get "/reports/packet" packet::show;
    post "/reports/packet" packet::make;
    get "/reports/people/{id}" person_report::show;
    get "/reports/people/{id}/{file}" person_report::download;
    get "/exceptions" exceptions::show;
    get "/team/{id}/allowance" allowance::show;
    post "/team/{id}/allowance" allowance::give;
    get "/people" people::list;
    get "/people/new" people::new;
    post "/people/new" people::add;
    get "/people/import" imports::show;
    post "/people/import" imports::upload;
    get "/people/import/history" imports::show_history;
    post "/people/import/undo" imports::undo;
    get "/people/import/{token}" imports::preview;
    post "/people/import/{token}" imports::confirm;
    get "/people/export" imports::export;
    get "/people/{id}" person::show;
    get "/people/{id}/edit" people::edit;
    post "/people/{id}/edit" people::change;
    post "/people/{id}/invite" person::invite;
    post "/people/{id}/slip" person::slip;
    post "/people/{id}/place" person::place;
    post "/people/{id}/days" person::set_days;
    post "/people/{id}/rights" person::set_right;
    post "/people/{id}/disable" person::disable;
    post "/people/{id}/enable" person::enable;
    get "/first-steps" first_steps::show;
    get "/departments" departments::list;
    post "/departments" departments::add;
    get "/departments/{id}" departments::show;
    post "/departments/{id}" departments::change;
    get "/requirements" requirements::list;
    get "/requirements/new" requirements::new;
    post "/requirements/new" requirements::add;
    get "/requirements/{id}" requirements::show;
    post "/requirements/{id}" requirements::change;
    get "/requirements/{id}/policy" policies::show;
    post "/requirements/{id}/policy" policies::save;
    get "/requirements/{id}/paper" policies::paper;
    post "/requirements/{id}/paper" policies::save_from_paper;
    get "/requirements/{id}/update" updates::show;
    post "/requirements/{id}/update" updates::ask;
    post "/requirements/lay-aside" updates::lay_aside;
    get "/paths" paths::list;
    post "/paths" paths::add;
    post "/paths/suggested" paths::take;
    get "/paths/{id}" paths::show;
    post "/paths/{id}" paths::change;
    get "/assignments" assignments::list;
    get "/assignments/new" assignments::new;
    post "/assignments/new" assignments::assign;
    get "/assignments/{id}/end" assignments::ending;
    post "/assignments/{id}/end" assignments::end;
    get "/job-roles" job_roles::list;
    post "/job-roles" job_roles::add;
    get "/job-roles/rename" job_roles::renaming;
    post "/job-roles/rename" job_roles::rename;
    get "/studio" studio::library;
    get "/studio/import" studio::import;
    post "/studio/import" studio::bring;
    get "/studio/import/{number}" studio::report;
    post "/studio/import/{number}/undo" studio::undo;
    get "/studio/courseware.zip" studio::everything;
    get "/studio/competencies" studio::competencies;
    post "/studio/competencies" studio::add_competency;
    get "/studio/competencies/{id}" studio::competency;
    post "/studio/competencies/{id}" studio::change_competency;
    get "/studio/paths" studio::suggestions;
    post "/studio/paths" studio::suggest;
    get "/studio/paths/{slug}" studio::suggestion;
    post "/studio/paths/{slug}" studio::change_suggestion;
    get "/studio/new" studio::new;
    post "/studio/new" studio::begin;
    get "/studio/help" studio::manual;
    get "/studio/help/{code}" studio::check;
    get "/studio/{kind}/{slug}" studio::edit;
    post "/studio/{kind}/{slug}" studio::write;
    post "/studio/{kind}/{slug}/settle" studio::settle;
    get "/studio/{kind}/{slug}/drafts/{id}" studio::left;
    post "/studio/{kind}/{slug}/drafts/{id}" studio::take_up;
    post "/studio/{kind}/{slug}/discard" studio::discard;
    get "/studio/scenario/{slug}/play" studio::play;
    get "/studio/{kind}/{slug}/images" studio::images;
    post "/studio/{kind}/{slug}/images" studio::upload;
    get "/studio/{kind}/{slug}/answer" studio::answer;
    post "/studio/{kind}/{slug}/answer" studio::send_answer;
    get "/studio/{kind}/{slug}/as/{format}" studio::take_out;
    get "/studio/{kind}/{slug}/map" studio::map;
    get "/studio/{kind}/{slug}/publish" studio::publishing;
    post "/studio/{kind}/{slug}/publish" studio::publish;
    post "/studio/{kind}/{slug}/approval" studio::approve;
    get "/studio/{kind}/{slug}/withdraw" studio::withdrawing;
    post "/studio/{kind}/{slug}/withdraw" studio::withdraw;
    get "/studio/{kind}/{slug}/history" studio::history;
    get "/studio/{kind}/{slug}/history/{version}" studio::past;
    post "/studio/{kind}/{slug}/history/{version}" studio::restore;
    get "/statistics" statistics::list;
    get "/statistics/quizzes/{slug}" statistics::quiz;
    get "/statistics/quizzes/{slug}/items.csv" statistics::items_file;
    get "/statistics/role-plays/{slug}" statistics::role_play;
    get "/statistics/role-plays/{slug}/choices.csv" statistics::choices_file;
    get "/site" site::show;
    post "/site" site::change;
    get "/audit" audit::show;
    get "/messages" messages::list;
    post "/messages/test" messages::test;
    post "/messages/again" messages::send_failed_again;
    get "/messages/{id}" messages::show;
    post "/messages/{id}/again" messages::send_again;
    get "/unsubscribe/{token}" unsubscribe::show;
    post "/unsubscribe/{token}" unsubscribe::stop;
    get "/profile/messages" unsubscribe::own;
    post "/profile/messages" unsubscribe::choose;
    post "/profile/messages/view" saved_views::stop;
}
