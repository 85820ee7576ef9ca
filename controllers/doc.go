// Package controllers is the operator: the only code of the project that talks to the Kubernetes API server. It owns
// what is read, written and reported for an AuthService; what the objects look like is in resources.
//
//	Get ──► observe ──► ensureSecrets ──► resources.Build ──► apply what may go now ──► status, once
//	        every read    created once,     pure                foundation, migration,     pure, from what
//	        into a struct then rotated                          then the rollout           was observed
//
// A migration Job that is not complete for the inputs of now holds the Deployment back, and so does a plan that nobody has
// approved, a canary that has not passed in the new version, or a Secret or ConfigMap that the spec refers to and that is not
// there: running pods keep the configuration they have. Jobs are named by their inputs, so that none is made twice; what they
// report, and how often they were tried, is read from them and their pods. Of what users
// provide, only names and versions are read; a new version rolls pods where the auth server would not notice it by
// itself. Progress comes from watches. Errors are of three classes and no others: stalled (somebody must act), waiting
// (not an error), anything else (returned, retried); outcome.go turns the class into result and conditions. Nothing is
// written that is already so: a resync makes no request but the read of the generated secret. Mere progress is told in the
// status at most every so often, so that a rollout does not cost a write for each pod.
//
// Kinds that a cluster may lack are in optional.go: it asks at intervals which are served, watches our objects of these, and
// has instances reconciled when one comes or goes.
//
// Keys are rotated in steps that resources decides from the generated secret alone: keys and the notes about them change in one
// write, which fails on any other version than the one that was read, so an operator may die at each of them.
//
// It does not know the configuration of the auth server, never reads the content of a user's secret, and keeps nothing in
// memory between two reconciles but what it watches, and what saves it from asking or comparing again (recall.go).
package controllers
