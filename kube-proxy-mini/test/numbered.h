/*
 * numbered - Services made by number, for measurements: the I-th is
 * ns-(I mod 100)/svc-I at 10.96.1.0 + I, port 80, with endpoints from
 * 10.128.2.0 on, port 8080.
 */
#ifndef KEELSON_PROXY_TEST_NUMBERED_H
#define KEELSON_PROXY_TEST_NUMBERED_H

#include "kube-proxy-mini/model/model.h"

#define NUMBERED_ENDPOINTS_MAX 1024
#define NUMBERED_LARGE_SLICE   1000u

/* So many Services with so many endpoints each. */
void numbered_load(struct model *m, uint32_t services, uint32_t endpoints);

/*
 * The slice of the I-th Service: n endpoints, of which the first is another
 * one for each value of shift.
 */
void numbered_slice(struct model *m, uint32_t i, uint32_t n, uint32_t shift);

/*
 * One Service ns-0/svc-0 of many endpoints, in slices of 1,000, with that
 * affinity; and its slice number `which` of n endpoints, as numbered_slice().
 */
void numbered_large(struct model *m, uint32_t endpoints, uint32_t affinity_s);
void numbered_large_slice(
	struct model *m, uint32_t which, uint32_t n, uint32_t shift);

/* Their addresses. */
struct model_ip numbered_service_ip(uint32_t i);
struct model_ip numbered_endpoint_ip(uint32_t i, uint32_t k);

#endif
