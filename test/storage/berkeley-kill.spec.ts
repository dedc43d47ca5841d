/** Kills the whole browser at random moments while a Berkeley database is written, opens it again and looks, and so does `db5.3_sql`. KILLS=50 for the long form. */
import { judgeFiles } from './bdb/judge-files.ts';
import { killSuite } from './kill-suite.ts';

killSuite('berkeley', judgeFiles);
