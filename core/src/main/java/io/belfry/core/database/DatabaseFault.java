package io.belfry.core.database;

import java.sql.SQLException;

/// Tells a database that cannot work at the moment from work that it refuses.
public final class DatabaseFault {
    private DatabaseFault() {}

    /// Whether the database, not what it was asked, is at fault: it is away, shutting down, out of something, or a race
    /// was lost. The same work may succeed later, and other work would fail now.
    ///
    /// By the class of the SQLSTATE (PostgreSQL's appendix A): 08 connection, 40 rollback, 53 resources, 55 locks,
    /// 57 operator intervention, 58 system. A pool that has no connection to give names none.
    public static boolean isPassing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state == null
                        || state.startsWith("08")
                        || state.startsWith("40")
                        || state.startsWith("53")
                        || state.startsWith("55")
                        || state.startsWith("57")
                        || state.startsWith("58");
            }
        }
        return false;
    }

    /// Whether a lock was waited for longer than `lock_timeout`.
    public static boolean isLockTimeout(Throwable failure) {
        return hasState(failure, "55P03");
    }

    /// Whether a statement took longer than it was given.
    public static boolean isCancelled(Throwable failure) {
        return hasState(failure, "57014");
    }

    private static boolean hasState(Throwable failure, String state) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return state.equals(sql.getSQLState());
            }
        }
        return false;
    }
}
