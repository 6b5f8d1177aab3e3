/*
 * reproduction - the statement that images came out the same twice, or did not.
 *
 * Its predicate is in-toto's test result: each perturbation is a test that was
 * passed, each that this machine refuses one with a warning; what the second
 * build had is in two members of our own, `perturbed` and `notPerturbed`.
 * Source: in-toto attestation, spec/predicates/test-result.md v0.1.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_REPRODUCTION_H
#define KEELSON_IMAGES_REPRODUCE_REPRODUCTION_H

#include "images/project/project.h"
#include "images/reproduce/compare.h"
#include "images/reproduce/perturb.h"

#define REPRODUCTION_TYPE "https://in-toto.io/attestation/test-result/v0.1"

struct reproduction {
	const struct project *project; /* in the working directory */
	const struct compare *compare;
	const struct perturb *perturb;
	const char *command;
};

/* Append the statement. 0, or -1: keelson.yaml cannot be read. */
int reproduction_put(
	const struct reproduction *r, struct buf *out, struct err *e);

#endif
