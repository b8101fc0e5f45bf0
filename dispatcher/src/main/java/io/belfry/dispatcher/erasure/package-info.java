/// Takes users who were erased out of the past.
package io.belfry.dispatcher.erasure;
