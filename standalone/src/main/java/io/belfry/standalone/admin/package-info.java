/// Commands that work on the database: the schema, API keys, operators.
package io.belfry.standalone.admin;
