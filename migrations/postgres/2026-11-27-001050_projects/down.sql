DROP TABLE milestones;
DROP TABLE project_advice;
DROP TABLE projects;
DROP TABLE expertise;
