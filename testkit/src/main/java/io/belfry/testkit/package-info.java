/// The real servers Belfry needs, for tests and for the demo: PostgreSQL and Redis as processes of this machine,
/// JUnit extensions that hand them to tests, and a proxy that breaks connections on purpose.
package io.belfry.testkit;
