"""The properties of the types that HubSpot added since about 2021, as far as its object guides name them.

The lines are those of `standard_properties`. Source: docs (object guides) for the names; types and labels in part
assumed.
"""

__all__ = ["NEWER"]

QUOTES = """
hs_currency                      enumeration/select     Currency
hs_domain                        string/text            Domain
hs_esign_enabled                 bool/booleancheckbox   E-signature enabled
hs_expiration_date               datetime/date          Expiration Date
hs_language                      enumeration/select     Language
hs_locale                        enumeration/select     Locale
hs_pdf_download_link             !string/text           PDF Download Link
hs_public_url_key                !string/text           Public URL key
hs_quote_amount                  !number/number         Quote Amount
hs_quote_link                    !string/text           Quote Link
hs_quote_number                  string/text            Quote Number
hs_sender_company_name           string/text            Sender company name
hs_sender_email                  string/text            Sender email
hs_sender_firstname              string/text            Sender first name
hs_sender_lastname               string/text            Sender last name
hs_slug                          string/text            URL slug
hs_status                        enumeration/select     Quote Status
hs_template_type                 enumeration/select     Template type
hs_terms                         string/textarea        Terms
hs_title                         string/text            Quote Title
"""
QUOTE_TEMPLATES = """
hs_active                        string/text            Active
hs_name                          string/text            Name
"""
COMMUNICATIONS = """
hs_communication_body            string/html            Body
hs_communication_channel_type    enumeration/select     Channel Type
hs_communication_logged_from     enumeration/select     Logged from
hs_timestamp                     datetime/date          Activity date
"""
FEEDBACK = """
hs_content                       string/textarea        Content
hs_ingestion_id                  string/text            Ingestion ID
hs_response_group                enumeration/select     Response group
hs_sentiment                     enumeration/select     Sentiment
hs_submission_timestamp          datetime/date          Date submitted
hs_survey_channel                enumeration/select     Survey source
hs_survey_id                     number/number          Survey ID
hs_survey_name                   string/text            Survey name
hs_survey_type                   enumeration/select     Survey type
hs_value                         number/number          Rating
"""
INVOICES = """
hs_amount_billed                 number/number          Amount billed
hs_balance_due                   !number/number         Balance due
hs_currency                      enumeration/select     Currency
hs_due_date                      datetime/date          Due date
hs_invoice_date                  datetime/date          Invoice date
hs_invoice_status                enumeration/select     Invoice status
hs_number                        !string/text           Number
hs_title                         string/text            Title
"""
SUBSCRIPTIONS = """
hs_currency_code                 enumeration/select     Currency
hs_last_payment_amount           number/number          Last payment amount
hs_last_payment_due_date         datetime/date          Last payment due date
hs_name                          string/text            Name
hs_next_payment_amount           number/number          Next payment amount
hs_next_payment_due_date         datetime/date          Next payment due date
hs_recurring_billing_start_date  datetime/date          Start date
hs_status                        enumeration/select     Status
"""
DEAL_SPLITS = """
hs_deal_split_amount             number/number          Deal split amount
hs_deal_split_percentage         number/number          Deal split percentage
hs_deal_split_type               enumeration/select     Deal split type
"""
GOAL_TARGETS = """
hs_assignee_user_id              number/number          Assignee user ID
hs_end_datetime                  datetime/date          End date
hs_goal_name                     string/text            Goal name
hs_kpi_progress_percent          !number/number         Progress in percent
hs_kpi_value                     !number/number         Current value
hs_start_datetime                datetime/date          Start date
hs_status                        enumeration/select     Status
hs_target_amount                 number/number          Target amount
"""
CHARGES = """
hs_duration                      enumeration/select     Duration
hs_label                         string/text            Label
hs_sort_order                    number/number          Sort order
hs_type                          enumeration/select     Type
hs_value                         number/number          Value
"""
PAYMENTS = """
hs_currency_code                 enumeration/select     Currency
hs_customer_email                string/text            Customer email
hs_fees_amount                   !number/number         Fees
hs_initial_amount                number/number          Gross amount
hs_initiated_date                datetime/date          Payment date
hs_latest_status                 enumeration/select     Status
hs_net_amount                    !number/number         Net amount
hs_payment_method                enumeration/select     Payment method
hs_payout_date                   datetime/date          Payout date
"""
USERS = """
hs_additional_phone              string/phonenumber     Secondary phone
hs_availability_status           enumeration/select     Availability
hs_email                         !string/text           Email
hs_given_name                    !string/text           First name
hs_family_name                   !string/text           Last name
hs_internal_user_id              !number/number         Internal user ID
hs_job_title                     string/text            Job title
hs_main_user_language_skill      enumeration/select     Main language
hs_out_of_office_hours           string/text            Out of office hours
hs_standard_time_zone            enumeration/select     Time zone
hs_working_hours                 string/text            Working hours
"""
POSTAL_MAIL = """
hs_postal_mail_body              string/html            Body
hs_timestamp                     datetime/date          Activity date
"""
ORDERS = """
hs_billing_address_name          string/text            Billing name
hs_currency_code                 enumeration/select     Currency
hs_external_created_date         datetime/date          External created date
hs_external_order_id             string/text            External order ID
hs_external_order_status         string/text            External order status
hs_fulfillment_status            string/text            Fulfillment status
hs_order_name                    string/text            Order name
hs_payment_status                string/text            Payment status
hs_pipeline                      enumeration/select     Pipeline
hs_pipeline_stage                enumeration/select     Stage
hs_shipping_address_city         string/text            Shipping city
hs_shipping_tracking_number      string/text            Tracking number
hs_source_store                  string/text            Source store
hs_subtotal_price                number/number          Subtotal
hs_tax                           number/number          Tax
hs_total_price                   number/number          Total
"""
LEADS = """
hs_lead_label                    enumeration/select     Lead label
hs_lead_name                     string/text            Lead name
hs_lead_type                     enumeration/select     Lead type
hs_pipeline                      enumeration/select     Pipeline
hs_pipeline_stage                enumeration/select     Stage
hs_tag_ids                       enumeration/checkbox   Tags
"""
CARTS = """
hs_cart_discount                 number/number          Discount
hs_cart_name                     string/text            Cart name
hs_cart_url                      string/text            Cart URL
hs_currency_code                 enumeration/select     Currency
hs_external_cart_id              string/text            External cart ID
hs_external_status               string/text            External status
hs_source_store                  string/text            Source store
hs_tax                           number/number          Tax
hs_total_price                   number/number          Total
"""
STAGED = """
hs_pipeline                      enumeration/select     Pipeline
hs_pipeline_stage                enumeration/select     Stage
"""
SERVICES = """
hs_amount_paid                   number/number          Amount paid
hs_amount_remaining              number/number          Amount remaining
hs_category                      enumeration/select     Category
hs_close_date                    datetime/date          Close date
hs_description                   string/textarea        Description
hs_duration                      number/number          Duration
hs_name                          string/text            Name
hs_start_date                    datetime/date          Start date
hs_status                        enumeration/select     Status
hs_target_end_date               datetime/date          Target end date
hs_total_cost                    number/number          Total cost
"""
COURSES = """
hs_course_description            string/textarea        Description
hs_course_id                     string/text            Course ID
hs_course_name                   string/text            Course name
hs_enrollment_capacity           number/number          Enrollment capacity
"""
LISTINGS = """
hs_address_1                     string/text            Address 1
hs_bathrooms                     number/number          Bathrooms
hs_bedrooms                      number/number          Bedrooms
hs_city                          string/text            City
hs_listing_type                  enumeration/select     Listing type
hs_name                          string/text            Name
hs_price                         number/number          Price
hs_square_footage                number/number          Square footage
hs_zip                           string/text            ZIP
"""
APPOINTMENTS = """
hs_appointment_end               datetime/date          End
hs_appointment_name              string/text            Appointment name
hs_appointment_start             datetime/date          Start
hs_appointment_status            enumeration/select     Status
hs_duration                      number/number          Duration
"""
NAMED = """
hs_description                   string/textarea        Description
hs_name                          string/text            Name
hs_status                        enumeration/select     Status
"""
NEWER = {
    "0-14": QUOTES,
    "0-18": COMMUNICATIONS,
    "0-19": FEEDBACK,
    "0-53": INVOICES,
    "0-64": QUOTE_TEMPLATES,
    "0-69": SUBSCRIPTIONS,
    "0-72": DEAL_SPLITS,
    "0-74": GOAL_TARGETS,
    "0-84": CHARGES,
    "0-85": CHARGES,
    "0-86": CHARGES,
    "0-101": PAYMENTS,
    "0-115": USERS,
    "0-116": POSTAL_MAIL,
    "0-123": ORDERS,
    "0-136": LEADS,
    "0-142": CARTS,
    "0-162": SERVICES + STAGED,
    "0-410": COURSES + STAGED,
    "0-420": LISTINGS + STAGED,
    "0-421": APPOINTMENTS + STAGED,
    "0-970": NAMED + STAGED,
    "0-721": NAMED,
    "0-11": NAMED,
    "0-903": NAMED,
    "0-904": NAMED,
}
