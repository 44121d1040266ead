-- Which shipped data the register holds, such as demo-jiangsu; no row where it holds its own.
-- index: primary key of policy
SELECT value FROM published.policy WHERE name = 'dataset'
