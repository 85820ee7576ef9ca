// Package smtptest starts a real mail server for a test: Exim, from Debian, which delivers into a folder of the test.
package smtptest
