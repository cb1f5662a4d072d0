#![no_main]
chancery_fuzz::target!("checkpoint");
