//! The linter on documents: of each issue one that has it and one that has not, and AWS's own policies.

mod cases;
mod managed;
mod sound;

use super::*;

/// The answer of AWS's ValidatePolicy in its JSON, with our remedy for its link.
#[test]
fn a_finding_is_written_as_aws_writes_it() {
    let text =
        "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Allow\", \"Action\": [\"s3:Get\"], \"Resource\": \"*\"}}";
    let findings = Linter::new(PolicyType::Identity).lint(text);
    let expected = expect_test::expect![[r#"
        [
          {
            "findingType": "ERROR",
            "issueCode": "INVALID_ACTION",
            "findingDetails": "There is no action s3:Get.",
            "remedy": "Use an action that the service has.",
            "locations": [
              {
                "path": [
                  {
                    "value": "Statement"
                  },
                  {
                    "value": "Action"
                  },
                  {
                    "index": 0
                  }
                ],
                "span": {
                  "start": {
                    "line": 2,
                    "column": 45,
                    "offset": 71
                  },
                  "end": {
                    "line": 2,
                    "column": 53,
                    "offset": 79
                  }
                }
              }
            ]
          }
        ]"#]];
    expected.assert_eq(&serde_json::to_string_pretty(&findings).unwrap());
    let line = "ERROR INVALID_ACTION at Statement.Action[0] (line 2, column 46): There is no action s3:Get. Use an action that the service has.";
    assert_eq!(findings[0].to_string(), line);
}

#[test]
fn the_path_of_a_refusal_is_walked_along_the_document() {
    let json = Json::parse(r#"{"a.b": [{"c": 1}], "a": 2}"#).unwrap();
    for written in ["a.b[0].c", "a.b", "a", ""] {
        assert_eq!(finding::read_path(&json, written).to_string(), written);
    }
    assert_eq!(finding::read_path(&json, "a.b[7].c").to_string(), "a.b");
}

#[test]
fn policy_types_are_found_by_their_names() {
    for policy_type in PolicyType::ALL {
        assert_eq!(PolicyType::parse(policy_type.name()), Some(*policy_type));
    }
    assert_eq!(PolicyType::parse("Identity"), None);
}

/// Documents that are made to be slow: what they cost is bounded, and what is said of them is still true.
#[test]
fn the_work_for_one_document_is_bounded() {
    let lists = |of: &str, begin: &str, count: usize| {
        (0..count).map(|place| format!("\"{of}:{begin}{place:04}*a*a*a*a*a*a*a*a*b\"")).collect::<Vec<_>>().join(",")
    };
    let (actions, resources) = (lists("s3", "", 2_500), lists("arn:aws:ec2", ":*:*:*", 2_000));
    let statement = |effect: &str| format!(r#"{{"Effect":"{effect}","Action":[{actions}],"Resource":[{resources}]}}"#);
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statement("Allow"));
    assert!(text.len() < Linter::TEXT_BYTES_MAX);
    let findings = Linter::new(PolicyType::Identity).lint(&text);
    assert!(findings.iter().all(|finding| finding.code != IssueCode::RedundantAction));
    assert!(findings.iter().any(|finding| finding.code == IssueCode::InvalidAction));
    let longer = format!("{text}{}", " ".repeat(Linter::TEXT_BYTES_MAX));
    let codes: Vec<IssueCode> = Linter::new(PolicyType::Identity).lint(&longer).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [IssueCode::MalformedPolicyDocument]);
}

proptest::proptest! {
    /// Whatever is cut out of a document or put into it, the linter says something or nothing, and every place is in the text.
    #[test]
    fn no_document_stops_the_linter(cut in 0_usize..400, length in 0_usize..40, put in r#"[{}\[\]",:*?$a-zA-Z0-9/ .\\é]{0,12}"#, of in 0_usize..5) {
        let sound = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["123456789012"]},
            "Action":["s3:Get*","iam:PassRole"],"Resource":["arn:aws:s3:::b/${aws:username, 'none'}/*","*"],
            "Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["a*"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
        let from = cut.min(sound.len());
        let to = (from + length).min(sound.len());
        let text = format!("{}{put}{}", &sound[..from], &sound[to..]);
        for finding in Linter::new(PolicyType::ALL[of]).lint(&text) {
            for location in finding.locations {
                let span = location.span.unwrap();
                proptest::prop_assert!(span.start.offset <= span.end.offset && span.end.offset <= text.chars().count());
            }
        }
    }
}
