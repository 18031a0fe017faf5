-- A station all of whose units fall silent at once is one alert.
ALTER TABLE alerts DROP CONSTRAINT alerts_kind_check;
ALTER TABLE alerts ADD CONSTRAINT alerts_kind_check
  CHECK (kind IN ('sos', 'unitStale', 'stationSilent', 'geofenceEnter', 'geofenceLeave', 'geofenceDwell', 'dispatchUnanswered', 'incidentBurst'));
