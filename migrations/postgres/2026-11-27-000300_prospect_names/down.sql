DROP TABLE prospect_name_keys;
DROP TABLE prospect_names;
