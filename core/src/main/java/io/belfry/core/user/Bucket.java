package io.belfry.core.user;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Stable division of all users into [#COUNT] buckets, used for the waves of a broadcast and for lane partitions. The
/// same number comes from SQL: `crc32c(convert_to(user_id, 'UTF8')) % 1024` (PostgreSQL 18).
public final class Bucket {
    public static final int COUNT = 1024;

    private Bucket() {}

    public static int of(String userId) {
        CRC32C crc = new CRC32C();
        crc.update(userId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % COUNT);
    }
}
