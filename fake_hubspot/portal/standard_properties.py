"""The properties that HubSpot itself defines, as far as clients request them; a real account has a few hundred.

A line is: name, type/field type (`!` before it: HubSpot sets the value, and it is read-only), label.

Source: docs (default properties) and recording (which properties responses carry).
"""

from functools import lru_cache

from fake_hubspot.portal.definitions import Option, PropertyDefinition, PropertyGroup
from fake_hubspot.portal.newer_properties import NEWER
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType

__all__ = ["standard_groups", "standard_properties"]

DEFINED_MS = 1_565_059_306_048  # 2019-08-06, as recorded

# Every type has these.
EVERY = """
createdate                       datetime/date          Create Date
hs_all_owner_ids                 !enumeration/checkbox  All Owner IDs
hs_created_by_user_id            !number/number         Created by user ID
hs_createdate                    !datetime/date         Object create date/time
hs_lastmodifieddate              !datetime/date         Last Modified Date
hs_merged_object_ids             !enumeration/checkbox  Merged Record IDs
hs_object_id                     !number/number         Record ID
hs_object_source                 !string/text           Record creation source
hs_object_source_detail_1        !string/text           Record source detail 1
hs_object_source_id              !string/text           Record creation source ID
hs_object_source_label           !enumeration/select    Record source
hs_unique_creation_key           !string/text           Unique creation key
hs_updated_by_user_id            !number/number         Updated by user ID
hs_user_ids_of_all_owners        !enumeration/checkbox  User IDs of all owners
hubspot_owner_assigneddate       !datetime/date         Owner Assigned Date
hubspot_owner_id                 enumeration/select     Owner
hubspot_team_id                  enumeration/select     HubSpot Team
"""
CONTACTS = """
address                          string/text            Street Address
annualrevenue                    string/text            Annual Revenue
associatedcompanyid              number/number          Primary Associated Company ID
city                             string/text            City
closedate                        datetime/date          Close Date
company                          string/text            Company Name
company_size                     string/text            Company size
country                          string/text            Country/Region
currentlyinworkflow              !enumeration/booleancheckbox  Currently in workflow
date_of_birth                    string/text            Date of birth
days_to_close                    !number/number         Days To Close
degree                           string/text            Degree
email                            string/text            Email
fax                              string/phonenumber     Fax Number
field_of_study                   string/text            Field of study
first_conversion_date            !datetime/date         First Conversion Date
first_conversion_event_name      !string/text           First Conversion
first_deal_created_date          !datetime/date         First Deal Created Date
firstname                        string/text            First Name
gender                           string/text            Gender
graduation_date                  string/text            Graduation date
hs_additional_emails             enumeration/checkbox   Additional email addresses
hs_all_contact_vids              !enumeration/checkbox  Merged vids
hs_analytics_first_timestamp     !datetime/date         Time First Seen
hs_analytics_last_timestamp      !datetime/date         Time Last Seen
hs_analytics_num_page_views      !number/number         Number of Pageviews
hs_analytics_num_visits          !number/number         Number of Sessions
hs_analytics_revenue             !number/number         Event Revenue
hs_analytics_source              enumeration/select     Original Source
hs_analytics_source_data_1       !string/text           Original Source Drill-Down 1
hs_analytics_source_data_2       !string/text           Original Source Drill-Down 2
hs_associated_target_accounts    !number/number         Associated Target Accounts
hs_avatar_filemanager_key        string/text            Avatar FileManager key
hs_calculated_merged_vids        !enumeration/checkbox  Merged vids with timestamps
hs_country_region_code           string/text            Country/Region Code
hs_currently_enrolled_in_prospecting_agent  !bool/calculation_equation  Currently enrolled in prospecting agent
hs_email_bounce                  !number/number         Marketing emails bounced
hs_email_click                   !number/number         Marketing emails clicked
hs_email_delivered               !number/number         Marketing emails delivered
hs_email_domain                  !string/text           Email Domain
hs_email_hard_bounce_reason_enum !enumeration/select    Email hard bounce reason
hs_email_open                    !number/number         Marketing emails opened
hs_email_optout                  bool/booleancheckbox   Unsubscribed from all email
hs_full_name_or_email            !string/calculation_equation  Full name or email
hs_ip_timezone                   !string/text           IP Timezone
hs_is_contact                    !bool/calculation_equation  Is a contact
hs_is_unworked                   !bool/calculation_equation  Contact unworked
hs_language                      string/text            Preferred language
hs_last_sales_activity_timestamp !datetime/date         Last Engagement Date
hs_latest_source                 !enumeration/select    Latest Source
hs_latest_source_data_1          !string/text           Latest Source Drill-Down 1
hs_latest_source_data_2          !string/text           Latest Source Drill-Down 2
hs_latest_source_timestamp       !datetime/date         Latest Source Date
hs_lead_status                   enumeration/radio      Lead Status
hs_legal_basis                   enumeration/checkbox   Legal basis for processing contact's data
hs_lifecyclestage_customer_date  !datetime/date         Became a Customer Date
hs_lifecyclestage_lead_date      !datetime/date         Became a Lead Date
hs_lifecyclestage_subscriber_date  !datetime/date       Became a Subscriber Date
hs_linkedin_url                  string/text            LinkedIn URL
hs_marketable_reason_id          !string/text           Marketing contact status source name
hs_marketable_reason_type        !enumeration/select    Marketing contact status source type
hs_marketable_status             !enumeration/select    Marketing contact status
hs_marketable_until_renewal      !enumeration/booleancheckbox  Marketing contact until next update
hs_membership_has_accessed_private_content  !number/number  Has accessed private content
hs_persona                       enumeration/select     Persona
hs_pipeline                      enumeration/select     Pipeline
hs_prospecting_agent_actively_enrolled_count  !number/number  Prospecting agent actively enrolled count
hs_prospecting_agent_total_enrolled_count  !number/number  Prospecting agent total enrolled count
hs_registered_member             !number/number         Registered member
hs_sales_email_last_replied      !datetime/date         Recent Sales Email Replied Date
hs_searchable_calculated_phone_number  !string/calculation_equation  Calculated phone number
hs_sequences_actively_enrolled_count  !number/number    Number of sequences actively enrolled
hs_state_code                    string/text            State/Region Code
hs_timezone                      string/text            Time Zone
hs_v2_date_entered_current_stage !datetime/calculation_equation  Date entered current stage
hs_v2_time_in_current_stage      !datetime/calculation_equation  Time in current stage
industry                         string/text            Industry
ip_city                          !string/text           IP City
ip_country                       !string/text           IP Country
ip_country_code                  !string/text           IP Country Code
ip_state                         !string/text           IP State/Region
job_function                     string/text            Job function
jobtitle                         string/text            Job Title
lastmodifieddate                 !datetime/date         Last Modified Date
lastname                         string/text            Last Name
lifecyclestage                   enumeration/radio      Lifecycle Stage
marital_status                   string/text            Marital Status
message                          string/textarea        Message
military_status                  string/text            Military status
mobilephone                      string/phonenumber     Mobile Phone Number
notes_last_contacted             !datetime/date         Last Contacted
notes_last_updated               !datetime/date         Last Activity Date
notes_next_activity_date         !datetime/date         Next Activity Date
num_associated_deals             !number/number         Number of Associated Deals
num_contacted_notes              !number/number         Number of times contacted
num_conversion_events            !number/number         Number of Form Submissions
num_notes                        !number/number         Number of Sales Activities
num_unique_conversion_events     !number/number         Number of Unique Forms Submitted
numemployees                     string/text            Number of Employees
phone                            string/phonenumber     Phone Number
recent_conversion_date           !datetime/date         Recent Conversion Date
recent_conversion_event_name     !string/text           Recent Conversion
recent_deal_amount               !number/number         Recent Deal Amount
recent_deal_close_date           !datetime/date         Recent Deal Close Date
relationship_status              string/text            Relationship Status
salutation                       string/text            Salutation
school                           string/text            School
seniority                        string/text            Seniority
start_date                       string/text            Start date
state                            string/text            State/Region
total_revenue                    !number/number         Total Revenue
twitterhandle                    string/text            Twitter Username
website                          string/text            Website URL
work_email                       string/text            Work email
zip                              string/text            Postal Code
"""
COMPANIES = """
about_us                         string/text            About Us
address                          string/text            Street Address
address2                         string/text            Street Address 2
annualrevenue                    number/number          Annual Revenue
city                             string/text            City
country                          string/text            Country/Region
description                      string/textarea        Description
domain                           string/text            Company Domain Name
founded_year                     string/text            Year Founded
hs_lead_status                   enumeration/radio      Lead Status
hs_num_child_companies           !number/number         Number of child companies
hs_parent_company_id             !number/number         Parent Company
hs_pipeline                      enumeration/select     Pipeline
industry                         string/text            Industry
lifecyclestage                   enumeration/radio      Lifecycle Stage
name                             string/text            Company name
num_associated_contacts          !number/number         Number of Associated Contacts
num_associated_deals             !number/number         Number of Associated Deals
numberofemployees                number/number          Number of Employees
phone                            string/phonenumber     Phone Number
state                            string/text            State/Region
timezone                         string/text            Time Zone
type                             string/text            Type
website                          string/text            Website URL
zip                              string/text            Postal Code
"""
DEALS = """
amount                           number/number          Amount
amount_in_home_currency          !number/calculation_equation  Amount in company currency
closed_lost_reason               string/textarea        Closed Lost Reason
closed_won_reason                string/textarea        Closed Won Reason
closedate                        datetime/date          Close Date
deal_currency_code               string/text            Currency
dealname                         string/text            Deal Name
dealstage                        enumeration/radio      Deal Stage
dealtype                         enumeration/radio      Deal Type
description                      string/textarea        Deal Description
hs_is_closed                     !bool/booleancheckbox  Is Deal Closed?
hs_is_closed_won                 !bool/booleancheckbox  Is Closed Won
hs_priority                      enumeration/select     Priority
num_associated_contacts          !number/number         Number of Associated Contacts
pipeline                         enumeration/select     Pipeline
"""
TICKETS = """
closed_date                      datetime/date          Close date
content                          string/textarea        Ticket description
hs_helpdesk_sort_timestamp       !datetime/date         Helpdesk sort timestamp
hs_last_message_from_visitor     !bool/booleancheckbox  Last message from visitor
hs_pipeline                      enumeration/select     Pipeline
hs_pipeline_stage                enumeration/select     Ticket status
hs_resolution                    string/text            Resolution
hs_ticket_category               string/text            Category
hs_ticket_id                     !number/number         Ticket ID
hs_ticket_priority               enumeration/select     Priority
source_type                      string/text            Source
subject                          string/text            Ticket name
"""
PRODUCTS = """
description                      string/textarea        Product description
hs_cost_of_goods_sold            number/number          Unit cost
hs_recurring_billing_period      string/text            Term
hs_sku                           string/text            SKU
hs_url                           string/text            URL
name                             string/text            Name
price                            number/number          Unit price
recurringbillingfrequency        string/text            Billing frequency
tax                              number/number          Tax
"""
LINE_ITEMS = """
amount                           number/number          Net price
description                      string/textarea        Description
discount                         number/number          Unit discount
hs_product_id                    number/number          Product ID
hs_sku                           string/text            SKU
name                             string/text            Name
price                            number/number          Unit price
quantity                         number/number          Quantity
"""
# Every engagement has these.
ENGAGEMENTS = """
hs_attachment_ids                string/text            Attached file IDs
hs_body_preview                  !string/textarea       Body preview
hs_body_preview_html             !string/textarea       HTML Body Preview
hs_body_preview_is_truncated     !bool/booleancheckbox  Body Preview Truncated
hs_engagement_source             string/text            Engagement Source
hs_timestamp                     datetime/date          Activity date
"""
TASKS = """
hs_task_body                     string/html            Task Notes
hs_task_completion_date          !datetime/date         Completed at
hs_task_is_completed             !number/number         Is completed
hs_task_priority                 string/text            Priority
hs_task_status                   string/text            Task Status
hs_task_subject                  string/text            Task Title
hs_task_type                     string/text            Task Type
"""
NOTES = """
hs_note_body                     string/html            Note body
"""
MEETINGS = """
hs_internal_meeting_notes        string/html            Internal meeting notes
hs_meeting_body                  string/html            Meeting description
hs_meeting_end_time              datetime/date          Meeting end time
hs_meeting_external_url          string/text            Location
hs_meeting_location              string/text            Meeting location
hs_meeting_outcome               string/text            Meeting outcome
hs_meeting_source                !string/text           Meeting source
hs_meeting_start_time            datetime/date          Meeting start time
hs_meeting_title                 string/text            Meeting name
"""
CALLS = """
hs_call_body                     string/html            Call notes
hs_call_direction                string/text            Call direction
hs_call_disposition              string/text            Call outcome
hs_call_duration                 number/number          Call duration
hs_call_from_number              string/text            From number
hs_call_status                   string/text            Call status
hs_call_title                    string/text            Call Title
hs_call_to_number                string/text            To Number
"""
EMAILS = """
hs_email_direction               string/text            Email Direction
hs_email_headers                 string/textarea        Email headers
hs_email_html                    string/html            Email Body (HTML)
hs_email_status                  string/text            Email send status
hs_email_subject                 string/text            Email subject
hs_email_text                    string/textarea        Email body
"""
PER_TYPE = {
    "0-1": CONTACTS,
    "0-2": COMPANIES,
    "0-3": DEALS,
    "0-5": TICKETS,
    "0-7": PRODUCTS,
    "0-8": LINE_ITEMS,
    "0-27": ENGAGEMENTS + TASKS,
    "0-46": ENGAGEMENTS + NOTES,
    "0-47": ENGAGEMENTS + MEETINGS,
    "0-48": ENGAGEMENTS + CALLS,
    "0-49": ENGAGEMENTS + EMAILS,
    **NEWER,
}


def _group_of(object_type: ObjectType) -> tuple[str, str]:
    """Return the group of a newer type's properties. Source: assumed."""
    return object_type.singular, f"{object_type.singular.replace('_', ' ').capitalize()} information"


GROUPS = {
    "0-1": ("contactinformation", "Contact information"),
    "0-2": ("companyinformation", "Company information"),
    "0-3": ("dealinformation", "Deal information"),
    "0-5": ("ticketinformation", "Ticket information"),
    "0-7": ("productinformation", "Product information"),
    "0-8": ("lineiteminformation", "Line item information"),
    "0-27": ("task", "Task information"),
    "0-46": ("note", "Note information"),
    "0-47": ("meeting", "Meeting information"),
    "0-48": ("call", "Call information"),
    "0-49": ("email", "Email information"),
    **{one.type_id: _group_of(one) for one in STANDARD_TYPES if one.type_id in NEWER},
}
LIFECYCLE_STAGES = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
    "opportunity": "Opportunity",
    "customer": "Customer",
    "evangelist": "Evangelist",
    "other": "Other",
}
LEAD_STATUSES = {
    "NEW": "New",
    "OPEN": "Open",
    "IN_PROGRESS": "In Progress",
    "OPEN_DEAL": "Open Deal",
    "UNQUALIFIED": "Unqualified",
    "ATTEMPTED_TO_CONTACT": "Attempted to Contact",
    "CONNECTED": "Connected",
    "BAD_TIMING": "Bad Timing",
}
OPTIONS = {
    "lifecyclestage": LIFECYCLE_STAGES,
    "hs_lead_status": LEAD_STATUSES,
    "hs_ticket_priority": {"LOW": "Low", "MEDIUM": "Medium", "HIGH": "High", "URGENT": "Urgent"},
    "hs_priority": {"low": "Low", "medium": "Medium", "high": "High"},
    "dealtype": {"newbusiness": "New Business", "existingbusiness": "Existing Business"},
}
# Recorded without createdAt and updatedAt (Nango, 2026-03).
TIMELESS = frozenset({"hs_object_id", "hs_merged_object_ids", "hs_unique_creation_key"})


def _definition(line: str, group: str) -> PropertyDefinition:
    name, kind, label = line.split(maxsplit=2)
    type_name, _, field_type = kind.lstrip("!").partition("/")
    options = OPTIONS.get(name, {})
    return PropertyDefinition(
        name=name,
        label=label,
        type=type_name,
        field_type=field_type,
        group_name=group,
        options=tuple(
            Option(label=text, value=value, display_order=order) for order, (value, text) in enumerate(options.items())
        ),
        calculated=field_type.startswith("calculation"),
        external_options=type_name == "enumeration" and not options,
        has_unique_value=name == "email" and group == "contactinformation",
        hubspot_defined=True,
        form_field=not kind.startswith("!") and group == "contactinformation",
        read_only_value=kind.startswith("!"),
        created_ms=None if name in TIMELESS else DEFINED_MS,
        updated_ms=None if name in TIMELESS else DEFINED_MS,
    )


@lru_cache
def standard_properties(type_id: str) -> dict[str, PropertyDefinition]:
    """Return the properties of a type by name; the result is shared and never changed."""
    group = standard_groups(type_id)
    lines = (EVERY + PER_TYPE.get(type_id, "")).splitlines()
    found = [_definition(line, next(iter(group), "information")) for line in lines if line]
    return {one.name: one for one in found}


@lru_cache
def standard_groups(type_id: str) -> dict[str, PropertyGroup]:
    """Return the property groups of a type by name; the result is shared and never changed."""
    name, label = GROUPS.get(type_id, ("information", "Information"))
    return {name: PropertyGroup(name=name, label=label, display_order=0)}
