package io.belfry.core.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/// Binds lists of rows as one array parameter a column, in the order of the statement's placeholders, for statements
/// that begin with `from unnest(?::…[], …)`. For one statement on one thread.
public final class ArrayColumns {
    private final PreparedStatement statement;
    private int position;

    public ArrayColumns(PreparedStatement statement) {
        this.statement = statement;
    }

    /// @param type PostgreSQL's name of the element type
    /// @param array makes an array of the element's own class; the driver encodes by that class
    public <T, V> ArrayColumns add(String type, IntFunction<V[]> array, List<T> rows, Function<T, V> column)
            throws SQLException {
        V[] values = array.apply(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(rows.get(i));
        }
        statement.setArray(++position, statement.getConnection().createArrayOf(type, values));
        return this;
    }
}
