/**
 * What every endpoint under {@code /v1} shares: authentication, one audit record per request, problem details. The controllers live with
 * their features.
 */
@NullMarked
package dev.keyledger.api.rest;

import org.jspecify.annotations.NullMarked;
