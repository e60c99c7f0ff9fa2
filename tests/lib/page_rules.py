"""Whom each page of the portal is for, by hand: 98_pages.sh holds busbar-portald's own table and its answers against it.

A line: method, address, then "anybody" or kinds of parties, each with the least role where it takes one (csp.admin)."""
RULES = """
GET  /                                  anybody
GET  /companies                         anybody
GET  /status                            anybody
GET  /scoreboard                        anybody
GET  /help                              anybody
GET  /help/{guide}                      anybody
GET  /privacy                           anybody
GET  /sign-in                           anybody
POST /sign-in                           anybody
POST /sign-out                          anybody
GET  /sign-up                           anybody
POST /sign-up                           anybody
GET  /forgot                            anybody
POST /forgot                            anybody
GET  /code                              anybody
POST /code                              anybody
GET  /home                              customer
POST /home                              customer
GET  /use                               customer
GET  /download                          customer
GET  /meter                             customer
POST /meter                             customer
GET  /devices                           customer
POST /devices                           customer
GET  /reads                             customer
GET  /premises                          customer
POST /premises                          customer
GET  /premises/groups                   customer
POST /premises/groups                   customer
GET  /premises/file                     customer
POST /premises/file                     customer
GET  /premises/file/{upload}            customer
GET  /premises/access                   customer
POST /premises/access                   customer
GET  /account                           customer csp rep tdu regulator operator
POST /account                           customer csp rep tdu regulator operator
GET  /box                               csp rep tdu regulator
GET  /keys                              csp rep tdu regulator
POST /keys                              csp.admin rep.admin tdu.admin regulator.admin
GET  /subscriptions                     csp rep
POST /subscriptions                     csp.member rep.member
GET  /drops                             csp rep
GET  /drops/{drop}                      csp rep
POST /drops/{drop}                      csp.member rep.member
GET  /webhooks                          csp rep tdu regulator
POST /webhooks                          csp.member rep.member tdu.member regulator.member
GET  /webhooks/{webhook}                csp rep tdu regulator
POST /webhooks/{webhook}                csp.member rep.member tdu.member regulator.member
GET  /limits                            csp rep tdu regulator
GET  /csp                               csp
GET  /csp/agreements                    csp
GET  /csp/agreements/{agreement}        csp
POST /csp/agreements/{agreement}        csp.member
GET  /csp/invite                        csp.member
POST /csp/invite                        csp.member
GET  /csp/invite/file                   csp.member
POST /csp/invite/file                   csp.member
GET  /register                          anybody
POST /register                          anybody
GET  /csp/registration                  csp
POST /csp/registration                  csp.member
GET  /csp/sandbox                       csp
POST /csp/sandbox                       csp.admin
GET  /csp/clients                       csp
POST /csp/clients                       csp.admin
GET  /csp/clients/{client}              csp
POST /csp/clients/{client}              csp.admin
GET  /csp/funnel                        csp
GET  /account/password                  customer csp rep tdu regulator operator
POST /account/password                  customer csp rep tdu regulator operator
GET  /account/factor                    customer csp rep tdu regulator operator
POST /account/factor                    customer csp rep tdu regulator operator
GET  /operator                          operator
GET  /operator/csps                     operator
GET  /operator/csps/{key}               operator
POST /operator/csps/{key}               operator.member
GET  /operator/approvals                operator
GET  /operator/approvals/{key}          operator
POST /operator/approvals/{key}          operator.member
GET  /operator/holds                    operator
GET  /operator/holds/{key}              operator
POST /operator/holds/{key}              operator.member
GET  /operator/flags                    operator
GET  /operator/flags/{key}              operator
POST /operator/flags/{key}              operator.member
GET  /operator/complaints               operator
POST /operator/complaints               operator.member
GET  /operator/complaints/{key}         operator
POST /operator/complaints/{key}         operator.member
GET  /operator/orders                   operator
GET  /operator/orders/{key}             operator
POST /operator/orders/{key}             operator.member
GET  /operator/mail                     operator
GET  /operator/mail/{key}               operator
POST /operator/mail/{key}               operator.member
GET  /operator/jobs                     operator
GET  /operator/jobs/{key}               operator
POST /operator/jobs/{key}               operator.member
GET  /operator/parties                  operator
POST /operator/parties                  operator.admin
GET  /operator/parties/{key}            operator
POST /operator/parties/{key}            operator.admin
GET  /operator/limits                   operator
POST /operator/limits                   operator.member
GET  /operator/thresholds               operator
GET  /operator/thresholds/{key}         operator
POST /operator/thresholds/{key}         operator.member
GET  /operator/settings                 operator
GET  /operator/settings/{key}           operator
POST /operator/settings/{key}           operator.member
GET  /operator/announcements            operator
POST /operator/announcements            operator.member
GET  /operator/announcements/{key}      operator
POST /operator/announcements/{key}      operator.member
GET  /operator/cases                    operator
GET  /operator/cases/{key}              operator
POST /operator/cases/{key}              operator.member
GET  /operator/customers                operator.member
POST /operator/customers                operator.member
GET  /operator/customers/{key}          operator.member
GET  /regulator                         regulator
GET  /regulator/scoreboard              regulator
GET  /regulator/companies               regulator
GET  /regulator/companies/{key}         regulator
POST /regulator/companies/{key}         regulator.member
GET  /regulator/approvals               regulator
GET  /regulator/approvals/{key}         regulator
POST /regulator/approvals/{key}         regulator.member
GET  /regulator/orders                  regulator
GET  /regulator/orders/{key}            regulator
GET  /regulator/cases                   regulator
POST /regulator/cases                   regulator.member
GET  /regulator/cases/{key}             regulator
POST /regulator/cases/{key}             regulator.member
GET  /regulator/cases/{key}/reads       regulator
GET  /regulator/outcomes                regulator
GET  /regulator/flags                   regulator
GET  /regulator/flags/{key}             regulator
GET  /regulator/complaints              regulator
GET  /regulator/reports                 regulator
POST /regulator/reports                 regulator.member
GET  /regulator/reports/{key}           regulator
GET  /operator/reports                  operator
POST /operator/reports                  operator.member
GET  /operator/reports/{key}            operator
GET  /reports/{report}/print            operator regulator
GET  /regulator/audit                   regulator
GET  /regulator/audit/{key}             regulator
GET  /tdu                                tdu
GET  /tdu/files                          tdu
GET  /tdu/files/{file}                   tdu
GET  /tdu/days                           tdu
GET  /tdu/days/{day}                     tdu
GET  /tdu/estimates                      tdu
GET  /tdu/corrections                    tdu
GET  /tdu/commands                       tdu
GET  /rep                                rep
GET  /rep/customers                      rep
GET  /rep/exports                        rep
GET  /account/preferences               customer csp rep tdu regulator operator
POST /account/preferences               customer csp rep tdu regulator operator
GET  /account/homes                     customer
POST /account/homes                     customer
GET  /account/tokens                    customer
POST /account/tokens                    customer
GET  /account/delete                    customer
POST /account/delete                    customer
GET  /people                            csp rep tdu regulator operator
POST /people                            csp.admin rep.admin tdu.admin regulator.admin operator.admin
GET  /a/{token}                         anybody
POST /a/{token}                         anybody
GET  /o/{token}                         anybody
POST /o/{token}                         anybody
GET  /c/{token}                         anybody
POST /c/{token}                         anybody
GET  /oauth/authorize                   anybody
GET  /DataCustodian/oauth/authorize     anybody
GET  /DataCustodian/{utility}/oauth/authorize  anybody
GET  /myAuthorization                   anybody
GET  /consent/{token}                   anybody
POST /consent/{token}                   anybody
GET  /demo-third-party                  anybody
GET  /parts                             anybody
GET  /connect/{client}                  anybody
GET  /share/{party}                     anybody
GET  /shared                            anybody
GET  /s/{tag}/{name}                    anybody
"""


def rules():
    """(method, address) -> {} for anybody, or kind -> least role."""
    found = {}
    for line in RULES.strip().splitlines():
        method, address, *who = line.split()
        found[method, address] = {} if who == ["anybody"] else {
            kind: role or "reader" for kind, _, role in (w.partition(".") for w in who)}
    return found


# The functions behind them, which busbar-portald may call with what the browser shows: the same way. What changes something
# names the least role. Not here: signing in and out (`shown` is then nobody's
# yet, or at the step before).
FUNCTIONS = """
portal.shares             customer
portal.share_end          customer
portal.reads              customer
portal.sessions           customer csp rep tdu regulator operator
portal.session_end        customer csp rep tdu regulator operator
portal.factor_begin       customer csp rep tdu regulator operator
portal.factor_end         customer csp rep tdu regulator operator
portal.factor_secret      customer csp rep tdu regulator operator
portal.factor_set         customer csp rep tdu regulator operator
portal.factor_state       customer csp rep tdu regulator operator
portal.own_salt           customer csp rep tdu regulator operator
portal.password_change    customer csp rep tdu regulator operator
portal.desk_waits                     operator
portal.desk_health                    operator
portal.desk_reports                   operator regulator
portal.desk_report                    operator regulator
portal.desk_report_forms              operator regulator
portal.report_page                    operator regulator
portal.act_report                     operator.member regulator.member
portal.desk_announcements             operator
portal.desk_announcement              operator
portal.act_announce                   operator.member
portal.act_announcement_end           operator.member
portal.act_look                       operator.member
portal.desk_look                      operator.member
portal.desk_look_premises             operator.member
portal.desk_look_agreements           operator.member
portal.desk_look_mails                operator.member
portal.desk_csps                      operator
portal.desk_csp                       operator
portal.desk_csp_checks                operator
portal.desk_csp_past                  operator regulator
portal.act_csp_review                 operator.member
portal.csp_chain                      operator.member
portal.act_csp_approve                operator.member
portal.act_csp_second                 operator.member
portal.act_csp_refuse                 operator.member
portal.act_csp_suspend                operator.member
portal.act_csp_resume                 operator.member
portal.act_csp_revoke                 operator.member
portal.desk_approvals                 operator regulator
portal.desk_approval                  operator regulator
portal.act_approval_confirm           operator.member regulator.member
portal.act_approval_refuse            operator.member regulator.member
portal.desk_holds                     operator
portal.desk_hold                      operator
portal.desk_hold_evidence             operator
portal.act_hold_release               operator.member
portal.act_hold_refuse                operator.member
portal.desk_flags                     operator regulator
portal.desk_flag                      operator regulator
portal.desk_flag_evidence             operator regulator
portal.act_flag_clear                 operator.member
portal.desk_complaints                operator regulator
portal.desk_complaint                 operator regulator
portal.act_complain                   operator.member
portal.act_complaint_dismiss          operator.member
portal.act_complaint_uphold           operator.member
portal.act_complaint_suspend          operator.member
portal.desk_orders                    operator regulator
portal.desk_order                     operator regulator
portal.act_order_carry                operator.member
portal.desk_mails                     operator
portal.desk_mail                      operator
portal.act_mail_again                 operator.member
portal.desk_jobs                      operator
portal.desk_job                       operator
portal.act_job_again                  operator.member
portal.act_job_cancel                 operator.member
portal.act_job_release                operator.member
portal.act_job_discard                operator.member
portal.desk_parties                   operator
portal.desk_party                     operator
portal.desk_party_accounts            operator
portal.act_party                      operator.admin
portal.act_party_person               operator.admin
portal.act_party_box                  operator.admin
portal.desk_limits                    operator
portal.desk_limits_own                operator
portal.desk_limits_used               operator
portal.act_limit                      operator.member
portal.desk_thresholds                operator regulator
portal.desk_threshold                 operator
portal.act_threshold                  operator.member
portal.desk_settings                  operator
portal.desk_setting                   operator
portal.desk_setting_past              operator
portal.act_setting                    operator.admin
portal.desk_watch                     regulator
portal.desk_scoreboard                regulator
portal.desk_yesterday                regulator
portal.desk_companies                 regulator
portal.desk_company                   regulator
portal.desk_company_suspensions       regulator operator
portal.desk_outcomes                  regulator
portal.desk_audit                     regulator
portal.desk_event                     regulator
portal.desk_event_proof               regulator
portal.desk_tree                      regulator
portal.act_order                      regulator.member
portal.desk_cases                     operator regulator
portal.desk_case                      operator regulator
portal.desk_case_premises             operator regulator
portal.desk_case_looks                operator regulator
portal.act_case                       regulator.member
portal.act_case_end                   operator.member regulator.member
portal.case_place                     regulator
portal.preferences        customer csp rep tdu regulator operator
portal.preferences_set    customer csp rep tdu regulator operator
portal.homes              customer
portal.home_add           customer
portal.tokens             customer
portal.token_end          customer
api.token_make            customer
portal.account_delete     customer
portal.people             csp rep tdu regulator operator
portal.person_invite      csp.admin rep.admin tdu.admin regulator.admin operator.admin
portal.person_remind      csp.admin rep.admin tdu.admin regulator.admin operator.admin
portal.person_set         csp.admin rep.admin tdu.admin regulator.admin operator.admin
portal.person_drop        csp.admin rep.admin tdu.admin regulator.admin operator.admin
portal.places             customer
portal.device_state       customer
portal.devices            customer
portal.device_messages    customer
portal.device_join        customer
portal.device_remove      customer
api.totals_open           customer
api.total_groups          customer
portal.premises           customer
api.groups                customer
api.upload                customer
api.uploads               customer
api.upload_rows           customer
api.group_make            customer
api.group_rename          customer
api.group_remove          customer
api.group_move            customer
api.group_move_found      customer
portal.access             customer
portal.access_end         customer
portal.facts              customer
portal.read_now           customer
portal.reads_now          customer
api.release_open          customer csp rep
api.release_rows          customer csp rep
api.release_registers     customer csp rep
api.release_prices        customer csp rep
api.release_billings      customer csp rep
api.agreements            customer csp
api.agreement             customer csp
api.agreement_funnel      csp
api.agreement_move        csp.member
api.agreement_end         customer csp.member
api.invite                csp.member
api.invited_before        csp.member
portal.csp_home           csp
portal.csp_registration   csp
portal.csp_checks         csp
portal.csp_clients        csp
portal.csp_client_secret  csp.admin
portal.csp_client         csp
portal.csp_client_add     csp.admin
portal.csp_client_set     csp.admin
portal.csp_certificate    csp.admin
portal.csp_test           csp.member
portal.csp_live           csp.admin
portal.sandbox_premises   csp
portal.sandbox_clock      csp
portal.sandbox_advance    csp.admin
api.limits                customer csp rep tdu regulator operator
portal.box                csp rep tdu regulator
portal.box_folders        csp rep tdu regulator
portal.box_files          csp rep tdu regulator
portal.box_credentials    csp rep tdu regulator
portal.box_credential_add csp.admin rep.admin tdu.admin regulator.admin
portal.box_credential_end csp.admin rep.admin tdu.admin regulator.admin
portal.box_networks       csp.admin rep.admin tdu.admin regulator.admin
api.subscriptions         csp rep tdu regulator
api.subscription_add      csp.member rep.member tdu.member regulator.member
api.subscription_move     csp.member rep.member tdu.member regulator.member
api.drops                 csp rep tdu regulator
api.drop                  csp rep tdu regulator
api.drop_build            csp.member rep.member tdu.member regulator.member
api.drop_replay           csp.member rep.member tdu.member regulator.member
api.drop_cancel           csp.member rep.member tdu.member regulator.member
api.file                  tdu
api.file_rejects          tdu
api.files                 tdu
portal.tdu_absent         tdu
portal.tdu_commands       tdu
portal.tdu_corrections    tdu
portal.tdu_days           tdu
portal.tdu_home           tdu
portal.tdu_streaks        tdu
portal.rep_customers      rep
portal.rep_home           rep
hook.own_party            customer csp rep tdu regulator operator
hook.own_list             customer csp rep tdu regulator operator
hook.own_attempts         customer csp rep tdu regulator operator
hook.own_add              customer csp.member rep.member tdu.member regulator.member operator.member
hook.own_step             customer csp.member rep.member tdu.member regulator.member operator.member
hook.own_rotate           customer csp.member rep.member tdu.member regulator.member operator.member
hook.own_replay           customer csp.member rep.member tdu.member regulator.member operator.member
"""
def functions():
    found = {}
    for line in FUNCTIONS.strip().splitlines():
        name, *who = line.split()
        found[name] = {kind: role or "reader" for kind, _, role in (w.partition(".") for w in who)}
    return found
