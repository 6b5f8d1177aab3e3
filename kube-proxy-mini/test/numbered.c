/*
 * numbered - makes Services by number.
 */
#include "kube-proxy-mini/test/numbered.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SERVICE  0x0a600100u /* 10.96.1.0 */
#define FIRST_ENDPOINT 0x0a800200u /* 10.128.2.0 */
#define SPREAD         131u        /* between two Services' endpoints */
#define ENDPOINT_SPACE 4000000u

static struct model_ip ip_of(uint32_t v)
{
	struct model_ip ip = {.family = MODEL_V4};

	v = htonl(v);
	memcpy(ip.b, &v, sizeof(v));
	return ip;
}

struct model_ip numbered_service_ip(uint32_t i)
{
	return ip_of(FIRST_SERVICE + i);
}

struct model_ip numbered_endpoint_ip(uint32_t i, uint32_t k)
{
	return ip_of(FIRST_ENDPOINT + (i * SPREAD + k) % ENDPOINT_SPACE);
}

static void stop(const struct err *e)
{
	fprintf(stderr, "%s\n", e->text);
	exit(1);
}

void numbered_slice(struct model *m, uint32_t i, uint32_t n, uint32_t shift)
{
	static struct model_endpoint list[NUMBERED_ENDPOINTS_MAX];
	struct model_slice_port port = {STR("http"), MODEL_TCP, 8080};
	struct model_slice s = {
		.family = MODEL_V4,
		.ports = &port,
		.n_ports = 1,
		.endpoints = list,
		.n_endpoints = n,
	};
	char ns[32], name[32];
	struct err e = {0};

	if (n > NUMBERED_ENDPOINTS_MAX)
		s.n_endpoints = n = NUMBERED_ENDPOINTS_MAX;
	snprintf(ns, sizeof(ns), "ns-%u", i % 100);
	snprintf(name, sizeof(name), "svc-%u", i);
	s.ns = str_of(ns);
	s.name = s.service = str_of(name);
	for (uint32_t k = 0; k < n; k++)
		list[k] = (struct model_endpoint){
			.ip = numbered_endpoint_ip(i, k + (k ? 0 : shift)),
			.conditions = MODEL_EP_READY | MODEL_EP_SERVING,
			.node = STR("elsewhere"),
		};
	if (model_put_slice(m, &s, &e) < 0)
		stop(&e);
}

static void put_service(struct model *m, uint32_t i)
{
	struct model_ip ip = numbered_service_ip(i);
	struct model_port port = {STR("http"), MODEL_TCP, 80, 0};
	struct model_service s = {
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1,
	};
	char ns[32], name[32];
	struct err e = {0};

	snprintf(ns, sizeof(ns), "ns-%u", i % 100);
	snprintf(name, sizeof(name), "svc-%u", i);
	s.ns = str_of(ns);
	s.name = str_of(name);
	if (model_put_service(m, &s, &e) < 0)
		stop(&e);
}

void numbered_load(struct model *m, uint32_t services, uint32_t endpoints)
{
	for (uint32_t i = 0; i < services; i++) {
		put_service(m, i);
		numbered_slice(m, i, endpoints, 0);
	}
}
