// Package openapi describes endpoints: as an OpenAPI 3.1 document for tools, and as a page for people.
//
// It owns the two forms. What there is to describe comes from package httpapi, which makes it of its route table, so that a
// description cannot promise what is not served. Nothing here depends on a request.
//
//	routes, schemas, notes ──► Description ──► Document (JSON)
//	                                      └──► Page (HTML without scripts or anything from elsewhere)
package openapi
