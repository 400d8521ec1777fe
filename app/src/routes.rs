//! The site map: every address and what answers it, one line each.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    pages::{
        activity, allowance, assignments, audit, certificate, debrief, departments, feedback, job_roles, library,
        modules, paths, people, person, policies, profile, quiz, reader, record, requirements, role_play, set_up,
        sign_in, site, team, training, updates,
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
    get "/team" team::show;
    get "/team/{id}/allowance" allowance::show;
    post "/team/{id}/allowance" allowance::give;
    get "/people" people::list;
    get "/people/new" people::new;
    post "/people/new" people::add;
    get "/people/{id}" person::show;
    get "/people/{id}/edit" people::edit;
    post "/people/{id}/edit" people::change;
    post "/people/{id}/invite" person::invite;
    post "/people/{id}/slip" person::slip;
    post "/people/{id}/place" person::place;
    post "/people/{id}/rights" person::set_right;
    post "/people/{id}/disable" person::disable;
    post "/people/{id}/enable" person::enable;
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
    get "/paths" paths::list;
    post "/paths" paths::add;
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
    get "/site" site::show;
    post "/site" site::change;
    get "/audit" audit::show;
}
