"""Working groups and their meetings: members, meetings, who comes, reminders."""
