"""What a code base stores: the schema its migrations leave behind, the tables its models declare, and the SQL it runs."""
