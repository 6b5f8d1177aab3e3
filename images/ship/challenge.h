/*
 * challenge - what a registry wants to know before it answers: the field
 * WWW-Authenticate (RFC 9110 11.6.1), and the parameters of a token service
 * (docker's "Token Authentication Specification").
 *
 * Pure.  Of several challenges Bearer counts before Basic; others are passed
 * over.  Limits: those of the arrays below; what is longer is refused.
 */
#ifndef KEELSON_IMAGES_SHIP_CHALLENGE_H
#define KEELSON_IMAGES_SHIP_CHALLENGE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

enum challenge_kind { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_kind kind;
	char realm[1024]; /* of Bearer: where tokens are given out */
	char service[256];
	char scope[1024]; /* what the token must allow; "" if not said */
};

/* 0; or -1 (ERR_INPUT): malformed, or too long. */
int challenge_parse(struct str field, struct challenge *out, struct err *e);

#endif
