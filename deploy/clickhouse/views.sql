-- For a ClickHouse server, once after the migrations, as a user who may: whoever may read a view needs no right to what is
-- below it. The embedded engine knows no users and refuses this.

ALTER TABLE tillwatch.v_payments MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_verdicts MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_alerts MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_stores MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_store_minute MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_funnel_hour MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_stock MODIFY SQL SECURITY DEFINER DEFINER = writer;
ALTER TABLE tillwatch.v_completeness MODIFY SQL SECURITY DEFINER DEFINER = writer;
