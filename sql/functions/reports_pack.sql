-- The monthly pack: all reports in one document, of one snapshot. Applied behind those (the name says so).
set local check_function_bodies = off;

call report.define('pack', 1, 'Monthly metrics',
	'All reports of the month in one document: utilities, agreements, releases, authentication, oversight, deliveries, use, commands.');
call report.pack_is('pack', '{data,estimates,registers,agreements,releases,authentication,addresses,oversight,drops,use,commands,availability}');
