"""More properties of activities, feedback, splits, goals, products and line items, and those that types have in common.

The lines are those of `standard_properties`.

Source: recording (`EVERY` and `ACTIVE`: what the tables of contacts, companies, deals and tickets have in common; that
other types have them too is assumed), reader (the schemas of airbyte-source-hubspot 5.7.0) for the names and types of
activities, feedback, splits and goals, docs (default line item properties) for products and line items, whose names are
in part assumed. Labels, and which values HubSpot sets itself, are assumed.
"""

__all__ = ["ACTIVE", "ACTIVITY", "EVERY", "MORE"]

EVERY = """
hs_all_accessible_team_ids       !enumeration/select    All teams
hs_all_assigned_business_unit_ids enumeration/checkbox   Brands
hs_all_team_ids                  !enumeration/select    All team IDs
hs_object_source_detail_2        !string/text           Record source detail 2
hs_object_source_detail_3        !string/text           Record source detail 3
hs_object_source_user_id         !number/number         Record creation source user ID
hs_owning_teams                  enumeration/checkbox   Owning Teams
hs_read_only                     !bool/booleancheckbox  Read only object
hs_shared_team_ids               enumeration/checkbox   Shared teams
hs_shared_user_ids               enumeration/checkbox   Shared users
hs_user_ids_of_all_notification_followers !enumeration/checkbox  User IDs of all notification followers
hs_user_ids_of_all_notification_unfollowers !enumeration/checkbox  User IDs of all notification unfollowers
hs_was_imported                  !bool/booleancheckbox  Performed in an import
"""
# Of types with which activities are associated.
ACTIVE = """
hs_notes_last_activity           !object_coordinates/text Last Activity
hs_notes_next_activity           !object_coordinates/text Next Activity
hs_notes_next_activity_type      !enumeration/select    Next Activity Type
hs_pinned_engagement_id          number/number          Pinned Engagement ID
hs_sales_email_last_replied      !datetime/date         Recent Sales Email Replied Date
hs_source_object_id              !number/number         Source Object ID
notes_last_contacted             !datetime/date         Last Contacted
notes_last_updated               !datetime/date         Last Activity Date
notes_next_activity_date         !datetime/date         Next Activity Date
num_contacted_notes              !number/number         Number of times contacted
num_notes                        !number/number         Number of Sales Activities
"""
# Of every activity.
ACTIVITY = """
hs_at_mentioned_owner_ids        !string/text           At mentioned owner IDs
hs_created_by                    !number/number         Created by
hs_engagement_source_id          !string/text           Engagement source ID
hs_follow_up_action              string/text            Follow up action
hs_gdpr_deleted                  !bool/booleancheckbox  Gdpr deleted
hs_modified_by                   !number/number         Modified by
hs_product_name                  !string/text           Product name
hs_queue_membership_ids          !string/text           Queue membership IDs
hs_unique_id                     !string/text           Unique ID
"""
TASKS = """
hs_calendar_event_id             string/text            Calendar event ID
hs_msteams_message_id            string/text            Msteams message ID
hs_num_associated_companies      !number/number         Num associated companies
hs_num_associated_contacts       !number/number         Num associated contacts
hs_num_associated_deals          !number/number         Num associated deals
hs_num_associated_queue_objects  !number/number         Num associated queue objects
hs_num_associated_tickets        !number/number         Num associated tickets
hs_scheduled_tasks               string/text            Scheduled tasks
hs_task_contact_timezone         string/text            Task contact timezone
hs_task_last_contact_outreach    !datetime/date         Task last contact outreach
hs_task_last_sales_activity_timestamp !datetime/date         Task last sales activity timestamp
hs_task_probability_to_complete  !number/number         Task probability to complete
hs_task_relative_reminders       string/text            Task relative reminders
hs_task_reminders                string/text            Task reminders
hs_task_repeat_interval          string/text            Task repeat interval
hs_task_send_default_reminder    bool/booleancheckbox   Task send default reminder
hs_task_sequence_enrollment_active !bool/booleancheckbox  Task sequence enrollment active
hs_task_sequence_step_enrollment_id !string/text           Task sequence step enrollment ID
hs_task_sequence_step_order      !number/number         Task sequence step order
hs_task_template_id              number/number          Task template ID
"""
MEETINGS = """
hs_activity_type                 string/text            Activity type
hs_attendee_owner_ids            string/text            Attendee owner IDs
hs_i_cal_uid                     !string/text           I cal uid
hs_meeting_calendar_event_hash   string/text            Meeting calendar event hash
hs_meeting_change_id             string/text            Meeting change ID
hs_meeting_created_from_link_id  string/text            Meeting created from link ID
hs_meeting_location_type         string/text            Meeting location type
hs_meeting_pre_meeting_prospect_reminders string/text            Meeting pre meeting prospect reminders
hs_meeting_source_id             string/text            Meeting source ID
hs_meeting_web_conference_meeting_id string/text            Meeting web conference meeting ID
hs_scheduled_tasks               string/text            Scheduled tasks
"""
CALLS = """
hs_activity_type                 string/text            Activity type
hs_call_app_id                   number/number          Call app ID
hs_call_authed_url_provider      string/text            Call authed url provider
hs_call_callee_object_id         number/number          Call callee object ID
hs_call_callee_object_type       string/text            Call callee object type
hs_call_external_account_id      string/text            Call external account ID
hs_call_external_id              string/text            Call external ID
hs_call_has_transcript           bool/booleancheckbox   Call has transcript
hs_call_recording_url            string/text            Call recording url
hs_call_source                   string/text            Call source
hs_call_transcription_id         number/number          Call transcription ID
hs_call_video_recording_url      string/text            Call video recording url
hs_call_zoom_meeting_uuid        string/text            Call zoom meeting uuid
hs_calls_service_call_id         number/number          Calls service call ID
hs_unknown_visitor_conversation  bool/booleancheckbox   Unknown visitor conversation
"""
EMAILS = """
hs_direction_and_unique_id       string/text            Direction and unique ID
hs_email_attached_video_id       !string/text           Email attached video ID
hs_email_attached_video_name     !string/text           Email attached video name
hs_email_attached_video_opened   !bool/booleancheckbox  Email attached video opened
hs_email_attached_video_watched  !bool/booleancheckbox  Email attached video watched
hs_email_bcc_email               string/text            Email bcc email
hs_email_bcc_firstname           string/text            Email bcc firstname
hs_email_bcc_lastname            string/text            Email bcc lastname
hs_email_bcc_raw                 string/text            Email bcc raw
hs_email_cc_email                string/text            Email cc email
hs_email_cc_firstname            string/text            Email cc firstname
hs_email_cc_lastname             string/text            Email cc lastname
hs_email_cc_raw                  string/text            Email cc raw
hs_email_encoded_email_associations_request !string/text           Email encoded email associations request
hs_email_error_message           !string/text           Email error message
hs_email_facsimile_send_id       !string/text           Email facsimile send ID
hs_email_from_email              string/text            Email from email
hs_email_from_firstname          string/text            Email from firstname
hs_email_from_lastname           string/text            Email from lastname
hs_email_from_raw                string/text            Email from raw
hs_email_logged_from             !string/text           Email logged from
hs_email_media_processing_status !string/text           Email media processing status
hs_email_member_of_forwarded_subthread !bool/booleancheckbox  Email member of forwarded subthread
hs_email_message_id              !string/text           Email message ID
hs_email_migrated_via_portal_data_migration !string/text           Email migrated via portal data migration
hs_email_pending_inline_image_ids !string/text           Email pending inline image IDs
hs_email_post_send_status        !string/text           Email post send status
hs_email_recipient_drop_reasons  !string/text           Email recipient drop reasons
hs_email_send_event_id           !string/text           Email send event ID
hs_email_send_event_id_created   !datetime/date         Email send event ID created
hs_email_sender_email            string/text            Email sender email
hs_email_sender_firstname        string/text            Email sender firstname
hs_email_sender_lastname         string/text            Email sender lastname
hs_email_sender_raw              string/text            Email sender raw
hs_email_sent_via                !string/text           Email sent via
hs_email_thread_id               !string/text           Email thread ID
hs_email_to_email                string/text            Email to email
hs_email_to_firstname            string/text            Email to firstname
hs_email_to_lastname             string/text            Email to lastname
hs_email_to_raw                  string/text            Email to raw
hs_email_tracker_key             !string/text           Email tracker key
hs_email_validation_skipped      !string/text           Email validation skipped
"""
FEEDBACK = """
hs_contact_email_rollup          !string/text           Contact email rollup
hs_contact_id                    !string/text           Contact ID
hs_engagement_id                 !string/text           Engagement ID
hs_form_guid                     !string/text           Form guid
hs_knowledge_article_id          !string/text           Knowledge article ID
hs_submission_name               !string/text           Submission name
hs_submission_url                !string/text           Submission url
hs_visitor_id                    !string/text           Visitor ID
"""
DEAL_SPLITS = """
hs_deal_id                       string/text            Deal ID
"""
GOAL_TARGETS = """
hs_kpi_value_last_calculated_at  !datetime/date         Kpi value last calculated at
"""
PRODUCTS = """
amount                           !number/number         Net price
discount                         number/number          Unit discount
hs_avatar_filemanager_key        string/text            Avatar FileManager key
hs_discount_percentage           number/number          Discount percentage
hs_folder                        enumeration/select     Folder
hs_folder_id                     number/number          Folder ID
hs_folder_name                   string/text            Folder name
hs_images                        string/text            Image URL
hs_pricing_model                 enumeration/select     Pricing model
hs_product_type                  enumeration/select     Product type
hs_recurring_billing_end_date    !date/date             Recurring billing end date
hs_recurring_billing_start_date  date/date              Recurring billing start date
hs_status                        enumeration/select     Status
hs_tax_category                  enumeration/select     Tax category
hs_tax_label                     !string/text           Tax label
hs_tax_rate                      !number/number         Tax rate
hs_tax_rate_group_id             enumeration/select     Tax rate group ID
quantity                         number/number          Quantity
"""
LINE_ITEMS = """
hs_acv                           !number/number         Annual contract value
hs_allow_buyer_selected_quantity bool/booleancheckbox   Allow buyer selected quantity
hs_arr                           !number/number         Annual recurring revenue
hs_auto_renew                    bool/booleancheckbox   Auto renew
hs_billing_period_end_date       datetime/date          Billing period end date
hs_billing_period_start_date     datetime/date          Billing period start date
hs_billing_start_delay_days      number/number          Delayed billing start by days
hs_billing_start_delay_months    number/number          Delayed billing start by months
hs_billing_start_delay_type      enumeration/select     Start billing terms
hs_buyer_selected_quantity_max   number/number          Buyer selected quantity maximum
hs_buyer_selected_quantity_min   number/number          Buyer selected quantity minimum
hs_cost_of_goods_sold            number/number          Unit cost
hs_discount_percentage           number/number          Discount percentage
hs_external_id                   string/text            External ID
hs_images                        string/text            Image URL
hs_line_item_currency_code       enumeration/select     Currency
hs_margin                        !number/number         Margin
hs_margin_acv                    !number/number         ACV margin
hs_margin_arr                    !number/number         ARR margin
hs_margin_mrr                    !number/number         MRR margin
hs_margin_tcv                    !number/number         TCV margin
hs_mrr                           !number/number         Monthly recurring revenue
hs_position_on_quote             number/number          Position on quote
hs_post_tax_amount               !number/number         Post tax amount
hs_pre_discount_amount           !number/number         Pre discount amount
hs_pricing_model                 enumeration/select     Pricing model
hs_product_type                  enumeration/select     Product type
hs_recurring_billing_end_date    !date/date             Recurring billing end date
hs_recurring_billing_number_of_payments number/number          Number of payments
hs_recurring_billing_period      string/text            Term
hs_recurring_billing_start_date  date/date              Billing start date
hs_recurring_billing_terms       enumeration/select     Billing terms
hs_sync_amount                   number/number          Sync amount
hs_tax_amount                    !number/number         Tax amount
hs_tax_category                  enumeration/select     Tax category
hs_tax_label                     !string/text           Tax label
hs_tax_rate                      !number/number         Tax rate
hs_tax_rate_group_id             enumeration/select     Tax rate group ID
hs_tcv                           !number/number         Total contract value
hs_term_in_months                !number/number         Term in months
hs_total_discount                !number/number         Total discount
hs_url                           string/text            URL
hs_variant_id                    number/number          Variant ID
recurringbillingfrequency        enumeration/select     Billing frequency
tax                              number/number          Tax
"""
MORE = {
    "0-7": PRODUCTS,
    "0-8": LINE_ITEMS,
    "0-27": TASKS,
    "0-47": MEETINGS,
    "0-48": CALLS,
    "0-49": EMAILS,
    "0-19": FEEDBACK,
    "0-72": DEAL_SPLITS,
    "0-74": GOAL_TARGETS,
}
